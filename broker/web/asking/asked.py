"""The page of one request: how far it is, withdraw it, break the glass when nobody answers."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.access.break_glass import break_glass_instead
from broker.access.override import Blocked
from broker.access.withdraw import withdraw
from broker.errors import Conflict, Invalid, Refused
from broker.identity.factors.refusal import FactorRefused
from broker.web.asking.request_page import RequestPage, request_page
from broker.web.asking.requests import FORBIDDEN, UNACCEPTED, go_on
from broker.web.frame.acting import typed_code
from broker.web.frame.ask_to_wait import refused_with
from broker.web.frame.guard import me, signed_in
from broker.web.frame.passkeys import challenge
from broker.web.frame.unchanged import news
from broker.web.parts import parts
from broker.web.telling.seeing import request_for
from broker.web.telling.story import Teller

pages = Blueprint("asked", __name__)

CONFLICT = 409


@pages.get("/requests/<request_id>")
@signed_in()
def show(request_id: str) -> Response:
    return _page(request_id, {})


@pages.get("/requests/<request_id>/now")
@signed_in()
def now(request_id: str) -> Response:
    """The part of the page that refreshes itself."""
    page = _look(request_id)
    return news("pages/requests/_now.html", page.mark, page=page, errors={}, values={}, fresh=True)


@pages.post("/requests/<request_id>/withdraw")
@signed_in()
def take_back(request_id: str) -> Response:
    try:
        withdraw(parts().equipment, me(), request_id)
    except Conflict as conflict:
        return _page(request_id, {"": f"{conflict} {conflict.help}"}, CONFLICT)
    return _to_page(request_id)


@pages.post("/requests/<request_id>/break-glass")
@signed_in()
def break_the_glass(request_id: str) -> Response:
    typed = typed_code()
    if typed.is_empty:
        return _page(request_id, {"code": "Enter the one-time code your app shows now."}, UNACCEPTED)
    try:
        asked = break_glass_instead(
            parts().equipment,
            me(),
            request_id,
            typed,
            danger=request.form.get("danger", ""),
            danger_confirmed=bool(request.form.get("danger_confirmed")),
        )
    except FactorRefused as refused:
        return challenge(refused) or refused_with(
            _page(request_id, {"code": str(refused)}, UNACCEPTED), refused
        )
    except Invalid as error:
        # Of the rest of the form nothing can be corrected here: policy or the register changed since it was asked.
        faults = {"": " ".join((str(error), *error.faults.values()))}
        return _page(request_id, error.faults if "danger" in error.faults else faults, UNACCEPTED)
    except Refused as refused:
        field = "danger" if isinstance(refused, Blocked) else ""
        return _page(request_id, {field: f"{refused} {refused.help}"}, FORBIDDEN)
    except Conflict as conflict:
        return _page(request_id, {"": f"{conflict} {conflict.help}"}, CONFLICT)
    return go_on(asked)


@pages.get("/requests/<request_id>/withdraw", endpoint="back_from_withdraw")
@pages.get("/requests/<request_id>/break-glass", endpoint="back_from_break_glass")
@signed_in()
def back(request_id: str) -> Response:
    """Whoever had to sign in again before an act comes back to its page, and nothing is done for them."""
    return _to_page(request_id)


def _to_page(request_id: str) -> Response:
    return make_response(redirect(url_for("asked.show", request_id=request_id), 303))


def _look(request_id: str) -> RequestPage:
    viewer = me()
    with parts().store.read() as reader:
        found = request_for(reader, viewer, request_id)
        return request_page(Teller(reader, parts().catalog, viewer, parts().equipment.notes), found)


def _page(request_id: str, errors: dict[str, str], status: int = 200) -> Response:
    page = _look(request_id)
    body = render_template(
        "pages/requests/show.html", page=page, errors=errors, values=request.form, mark=page.mark, fresh=False
    )
    return make_response(body, status)
