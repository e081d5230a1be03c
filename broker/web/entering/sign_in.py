"""Sign in: a passkey, or password and then code. Sign out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for

from broker.identity.factors.passkeys.confirm import BEGIN
from broker.identity.factors.refusal import FactorRefused
from broker.identity.sessions.end_session import Why, end_session
from broker.identity.sessions.sessions import Opened, Session
from broker.identity.signing_in.by_passkey import sign_in_by_passkey, sign_in_options
from broker.identity.signing_in.sign_in import SignInFailed, check_code, check_password
from broker.web.entering.provider_sign_out import hint_for, on_to_provider
from broker.web.frame.ask_to_wait import ask_to_wait, refused_with
from broker.web.frame.browser import caller, remember_browser
from broker.web.frame.guard import (
    first_factor_opens,
    forget_session,
    next_step,
    open_session,
    session_now,
    session_token,
)
from broker.web.frame.nav import START
from broker.web.frame.own_path import own_path
from broker.web.frame.passkeys import ask_script, challenge, is_script
from broker.web.frame.typed import forget_typed
from broker.web.parts import parts

pages = Blueprint("sign_in", __name__)

UNACCEPTED, TOO_MANY = 422, 429


@pages.get("/sign-in")
def ask_password() -> Response:
    now = session_now()
    if now is not None and now.mfa_at is not None:
        return make_response(redirect(own_path(request.args.get("next")), 303))
    return _password_page({}, {})


@pages.post("/sign-in")
def take_password() -> Response:
    typed = {"email": request.form.get("email", "").strip()}
    password = request.form.get("password", "")
    missing = _missing(typed["email"], password)
    if missing:
        return _password_page(typed, missing, UNACCEPTED)
    try:
        first = check_password(parts().lobby, caller(), email=typed["email"], password=password)
    except SignInFailed as failed:
        page = _password_page(typed, {"": str(failed)}, TOO_MANY if failed.wait else UNACCEPTED)
        return ask_to_wait(page, failed.wait)
    wanted = own_path(request.form.get("next"))
    if not first.person.has_factor:
        answer = redirect(url_for("factor.show", next=wanted), 303)
    elif first_factor_opens(wanted):
        # That page asks for the code itself, once.
        answer = redirect(wanted, 303)
    else:
        answer = redirect(url_for("sign_in.ask_code", next=wanted), 303)
    response = make_response(answer)
    open_session(response, first.opened, first.person)
    return response


@pages.post("/sign-in/passkey")
def take_passkey() -> Response:
    """First what the browser shall ask its passkeys, then the answer of one, which is all it takes."""
    said = request.form.get("passkey", "")
    if said == BEGIN and is_script():
        return ask_script("get", sign_in_options(parts().lobby))
    try:
        done = sign_in_by_passkey(parts().lobby, caller(), said)
    except FactorRefused as refused:
        return _password_page({}, {"": _about_passkey(refused)}, UNACCEPTED)
    answer = make_response(redirect(own_path(request.form.get("next")), 303))
    open_session(answer, done.opened, done.person)
    remember_browser(answer, done.person)
    return answer


@pages.get("/sign-in/code")
def ask_code() -> Response:
    return _elsewhere(session_now()) or _code_page({})


@pages.post("/sign-in/code")
def take_code() -> Response:
    now = session_now()
    away = _elsewhere(now)
    if away or now is None:
        return away or _to_password()
    code, passkey = request.form.get("code", ""), request.form.get("passkey", "")
    if not (code.strip() or passkey):
        return _code_page({"code": "Enter the code."}, UNACCEPTED)
    try:
        opened = check_code(
            parts().lobby,
            caller(),
            token=session_token(),
            code=code,
            wall=parts().clock.wall(),
            passkey=passkey,
        )
    except FactorRefused as refused:
        return challenge(refused) or refused_with(_code_page({"code": str(refused)}, UNACCEPTED), refused)
    return finish(make_response(redirect(own_path(request.form.get("next")), 303)), opened, now)


@pages.post("/sign-out")
def leave() -> Response:
    now = session_now()
    hint = hint_for(now) if now else None
    if now is not None:
        with parts().store.write() as tx:
            end_session(tx, parts().ledger, now.id, actor=now.person.id, why=Why.SIGNED_OUT)
    response = on_to_provider(hint) or make_response(redirect(url_for("sign_in.ask_password"), 303))
    forget_session(response)
    # Nothing is kept there today; a ward PC is handed on without anybody having to be sure of it.
    response.headers["Clear-Site-Data"] = '"storage"'
    return forget_typed(response)


def finish(response: Response, opened: Opened, before: Session) -> Response:
    """Both factors were given: hand over the new token and know this browser again."""
    open_session(response, opened, before.person)
    remember_browser(response, before.person)
    return response


def _elsewhere(now: Session | None) -> Response | None:
    if now is None:
        return _to_password()
    wanted = own_path(request.values.get("next"))
    if now.mfa_at is not None:
        return make_response(redirect(wanted, 303))
    if next_step(now) != "sign_in.ask_code":
        return make_response(redirect(url_for(next_step(now), next=wanted), 303))
    return None


def _to_password() -> Response:
    return make_response(
        redirect(url_for("sign_in.ask_password", next=own_path(request.values.get("next"))), 303)
    )


def _form_that_asks_for_the_code() -> str:
    return url_for(START) if START in current_app.view_functions else ""


def _about_passkey(refused: FactorRefused) -> str:
    # Nobody has a code field on this page.
    return f"{refused.refusal.message} Try again, or sign in with your email and password."


def _missing(email: str, password: str) -> dict[str, str]:
    faults = {}
    if not email:
        faults["email"] = "Enter your email."
    if not password:
        faults["password"] = "Enter your password."  # noqa: S105 - a sentence
    return faults


def _password_page(typed: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    wanted = own_path(request.values.get("next"))
    page = render_template("pages/sign_in/password.html", values=typed, errors=errors, next=wanted)
    return make_response(page, status)


def _code_page(errors: dict[str, str], status: int = 200) -> Response:
    page = render_template(
        "pages/sign_in/code.html",
        errors=errors,
        next=own_path(request.values.get("next")),
        recovery=request.values.get("with") == "recovery",
        hurry=_form_that_asks_for_the_code(),
    )
    return make_response(page, status)
