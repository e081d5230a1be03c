"""Start emergency access: one page, one submit."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests

from broker.access.ask import Asked, ask
from broker.access.offered import offered_to
from broker.access.override import Blocked, asks_danger
from broker.errors import Invalid, Refused
from broker.identity.factors.refusal import FactorRefused
from broker.identity.sessions.sessions import Session
from broker.web.asking.request_choices import choices_for
from broker.web.asking.request_form import ask_form, asks_to_confirm, missing, path_of, values_of
from broker.web.frame.acting import Acting, typed_code
from broker.web.frame.ask_to_wait import refused_with
from broker.web.frame.guard import me, session_now, signed_in
from broker.web.frame.limits import REQUEST_FORMS, limits
from broker.web.frame.passkeys import challenge
from broker.web.frame.typed import typed_before
from broker.web.holding.bring_to_life import bring_to_life
from broker.web.parts import parts

pages = Blueprint("requests", __name__)

UNACCEPTED, FORBIDDEN, TOO_MANY = 422, 403, 429


@pages.get("/requests/new")
@signed_in(first_factor=True)
def start() -> Response:
    return _form_page(values_of(typed_before()), {})


@pages.post("/requests/new")
@signed_in(first_factor=True)
def send() -> Response:
    values, typed = values_of(request.form), typed_code()
    faults = missing(values, typed.passkey or typed.code)
    if faults:
        return _form_page(values, faults, UNACCEPTED)
    now = cast("Session", session_now())
    try:
        limits().spend(REQUEST_FORMS, now.id)
    except TooManyRequests as busy:
        return _wait_a_little(values, busy)
    acting = Acting(now)
    form = ask_form(values, path_of(request.form.get("path")))
    try:
        asked = ask(acting.equipment, me(), form, typed)
    except Invalid as error:
        return _form_page(values, error.faults or {"": str(error)}, UNACCEPTED)
    except FactorRefused as refused:
        return challenge(refused) or refused_with(
            _form_page(values, {"code": str(refused)}, UNACCEPTED), refused
        )
    except Refused as refused:
        field = "danger" if isinstance(refused, Blocked) else ""
        return _form_page(values, {field: f"{refused} {refused.help}"}, FORBIDDEN)
    return acting.finish(go_on(asked))


def go_on(asked: Asked) -> Response:
    """To the access when it was granted at once, otherwise to the request that now waits."""
    bring_to_life(asked.grant)
    if asked.grant is not None:
        return make_response(redirect(url_for("grants.show", grant_id=asked.grant.id), 303))
    return make_response(redirect(url_for("asked.show", request_id=asked.request.id), 303))


def _wait_a_little(values: dict[str, str], busy: TooManyRequests) -> Response:
    answer = _form_page(
        values, {"": "This form was sent too often. Wait a minute, then send it again."}, TOO_MANY
    )
    answer.headers["Retry-After"] = str(busy.retry_after)
    return answer


def _form_page(values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    now = cast("Session", session_now())
    with parts().store.read() as reader:
        choices = choices_for(parts().catalog, offered_to(reader, parts().catalog, now.person))
        # Not said to whoever has but the password.
        blocked = now.mfa_at is not None and asks_danger(reader, parts().catalog, now.person.id)
    page = render_template(
        "pages/requests/new.html",
        values=choices.filled_in(values),
        errors=errors,
        choices=choices,
        confirm_note=asks_to_confirm(values, warned=bool({"note", "danger"} & set(errors))),
        ask_danger=blocked or "danger" in errors or bool(values["danger"]),
        code_signs_in=now.mfa_at is None,
    )
    return make_response(page, status)
