"""Change one's own password."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Invalid, Refused
from broker.identity.signing_in.choose_password import choose_password, has_password
from broker.identity.signing_in.passwords import good_until
from broker.web.frame.browser import caller
from broker.web.frame.guard import me, session_now, signed_in
from broker.web.parts import parts

pages = Blueprint("password", __name__)

UNACCEPTED, TOO_MANY = 422, 429
_MISSING = {"password": "Enter the password you have.", "new_password": "Enter the password you want."}


@pages.get("/password")
@signed_in()
def show() -> Response:
    return _page({})


@pages.post("/password")
@signed_in()
def change() -> Response:
    typed = {name: request.form.get(name, "") for name in _MISSING}
    missing = {name: sentence for name, sentence in _MISSING.items() if not typed[name]}
    if missing:
        return _page(missing, UNACCEPTED)
    now = session_now()
    try:
        choose_password(
            parts().lobby,
            caller(),
            me(),
            present=typed["password"],
            wanted=typed["new_password"],
            session_id=now.id if now else "",
        )
    except Invalid as error:
        return _page(error.faults, UNACCEPTED)
    except Refused as error:
        return _page({"": str(error)}, TOO_MANY)
    return make_response(redirect(url_for("password.show", changed="yes"), 303))


def _page(errors: dict[str, str], status: int = 200) -> Response:
    with parts().store.read() as reader:
        has, until = has_password(reader, me().id), good_until(reader, me().id)
    page = render_template(
        "pages/password/change.html",
        has_password=has,
        good_until=until,
        changed="changed" in request.args,
        email=me().email,
        errors=errors,
    )
    return make_response(page, status)
