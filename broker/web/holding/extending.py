"""More time for live access: how long, and a code."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response, render_template, request

from broker.access.extend import extend
from broker.errors import Conflict, Invalid, NotFound, Refused
from broker.identity.factors.refusal import FactorRefused
from broker.policy.durations import in_words
from broker.web.asking.request_choices import Options, minutes
from broker.web.asking.request_form import minutes_in, values_of
from broker.web.asking.requests import FORBIDDEN, UNACCEPTED, go_on
from broker.web.frame.acting import typed_code
from broker.web.frame.ask_to_wait import refused_with
from broker.web.frame.guard import me, signed_in
from broker.web.frame.passkeys import challenge
from broker.web.frame.typed import typed_before
from broker.web.holding.grant_page import GrantPage
from broker.web.holding.grants import look
from broker.web.parts import parts

pages = Blueprint("extending", __name__)

CONFLICT = 409


@pages.get("/grants/<grant_id>/extend")
@signed_in()
def show(grant_id: str) -> Response:
    return _page(_own(grant_id), values_of(typed_before()), {})


@pages.post("/grants/<grant_id>/extend")
@signed_in()
def send(grant_id: str) -> Response:
    page, values = _own(grant_id), values_of(request.form)
    typed, duration = typed_code(), minutes_in(values["duration"])
    faults = {} if duration else {"duration": "Choose for how long."}
    if typed.is_empty:
        faults["code"] = "Enter the one-time code your app shows now."
    if faults:
        return _page(page, values, faults, UNACCEPTED)
    try:
        asked = extend(
            parts().equipment, me(), grant_id, duration or timedelta(), values["submission"], typed
        )
    except Invalid as error:
        return _page(page, values, error.faults or {"": str(error)}, UNACCEPTED)
    except FactorRefused as refused:
        return challenge(refused) or refused_with(
            _page(page, values, {"code": str(refused)}, UNACCEPTED), refused
        )
    except (Refused, Conflict) as error:
        status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN
        return _page(page, values, {"": f"{error} {error.help}"}, status)
    return go_on(asked)


def _own(grant_id: str) -> GrantPage:
    page = look(grant_id)
    if not page.mine:
        raise NotFound("There is no such access.", help="Look for it on your home page.")
    return page


def _lengths(entitlement_id: str) -> Options:
    entitlement = parts().catalog.entitlements.get(entitlement_id)
    offered = entitlement.durations.offered if entitlement else ()
    return tuple((minutes(length), in_words(length)) for length in offered)


def _page(page: GrantPage, values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    durations = _lengths(page.entitlement)
    chosen = values["duration"] or (durations[0][0] if durations else "")
    body = render_template(
        "pages/grants/extend.html",
        page=page,
        values={**values, "duration": chosen},
        errors=errors,
        durations=durations,
    )
    return make_response(body, status)
