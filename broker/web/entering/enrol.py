"""Set up what one confirms with: a passkey, or an app to scan a picture with; then keep the recovery codes."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.identity.factors.enrol import Enrolled, begin_enrolment, confirm_enrolment, pending_enrolment
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.refusal import FactorRefused, Reason, Refusal
from broker.identity.sessions.sessions import Opened, Session
from broker.identity.signing_in.first_factor import check_first_code, check_first_passkey
from broker.web.entering import factors
from broker.web.entering.factor_pages import codes_page, scan_page, wanted
from broker.web.entering.plea_cookie import forget_plea, opens_here, plea_here, plea_token
from broker.web.entering.sign_in import UNACCEPTED, finish
from broker.web.frame.browser import caller
from broker.web.frame.guard import send_to_sign_in, session_now, session_token
from broker.web.frame.passkeys import ask_script, is_script
from broker.web.parts import parts

pages = Blueprint("factor", __name__)


@pages.get("/factor")
def show() -> Response:
    """What there is, or the ways to begin; looking changes nothing."""
    now = session_now()
    away = _turned_away(now)
    if away or now is None:
        return away or send_to_sign_in(now)
    return _first_page({}) if _begins(now) else factors.overview(now, {})


@pages.post("/factor/begin")
def begin() -> Response:
    now = session_now()
    away = _turned_away(now)
    if away or now is None:
        return away or send_to_sign_in(now)
    return _begin_first(now) if _begins(now) else factors.change(now)


@pages.post("/factor/confirm")
def take_first_code() -> Response:
    now = session_now()
    away = _turned_away(now)
    if away or now is None:
        return away or send_to_sign_in(now)
    code = request.form.get("code", "")
    try:
        if now.mfa_at is not None:
            return codes_page(_confirm_replacement(now, code).recovery_codes)
        opened, enrolled = check_first_code(
            parts().lobby,
            caller(),
            token=session_token(),
            code=code,
            wall=parts().clock.wall(),
            browser=plea_token(),
        )
    except FactorRefused as refused:
        return _scan_again(now, {"code": _about_first_code(refused)})
    return _set_up(now, opened, enrolled)


@pages.post("/factor/made")
def take_passkey() -> Response:
    """The passkey that the browser made for ``begin``."""
    now = session_now()
    away = _turned_away(now)
    if away or now is None:
        return away or send_to_sign_in(now)
    said, name = request.form.get("made", ""), request.form.get("name", "") or caller().device
    try:
        if now.mfa_at is not None:
            return _add_another(now, said, name)
        opened, enrolled = check_first_passkey(
            parts().lobby, caller(), token=session_token(), said=said, name=name, browser=plea_token()
        )
    except FactorRefused as refused:
        errors = {"": str(refused)}
        return _first_page(errors) if _begins(now) else factors.overview(now, errors, UNACCEPTED)
    return _set_up(now, opened, enrolled)


def _turned_away(now: Session | None) -> Response | None:
    # With the password alone nobody gets past a factor that exists, unless a colleague vouched for them here.
    if now is None:
        return send_to_sign_in(now)
    if now.mfa_at is None and now.person.has_factor:
        with parts().store.read() as reader:
            return None if opens_here(reader, now) else send_to_sign_in(now)
    return None


def _begins(now: Session) -> bool:
    # Whom a provider let in with both factors has none of ours yet, and nothing to confirm a change with.
    return now.mfa_at is None or not now.person.has_factor


def _begin_first(now: Session) -> Response:
    lobby, who = parts().lobby, now.person.id
    wants_passkey = request.form.get("what") == "passkey"
    if wants_passkey and not is_script():
        return _first_page({"": "This browser cannot make a passkey here. Use an authenticator app."})
    with parts().store.write() as tx:
        plea = plea_here(tx, now)
        if wants_passkey:
            options = begin_passkey(tx, lobby.passkeys, who, session=now.id, plea=plea)
            return ask_script("create", options, url_for("factor.take_passkey"))
        return scan_page(begin_enrolment(tx, lobby.box, who, session=now.id, plea=plea), {})


def _set_up(now: Session, opened: Opened, enrolled: Enrolled) -> Response:
    return forget_plea(finish(codes_page(enrolled.recovery_codes), opened, now))


def _add_another(now: Session, said: str, name: str) -> Response:
    with parts().store.write() as tx:
        codes = add_passkey(tx, parts().lobby.passkeys, now.person.id, said, name=name, session=now.id)
    if isinstance(codes, Refusal):
        raise FactorRefused(codes)
    if codes:
        return codes_page(codes)
    return make_response(redirect(url_for("factor.show", next=wanted()), 303))


def _confirm_replacement(now: Session, code: str) -> Enrolled:
    lobby, wall = parts().lobby, parts().clock.wall()
    with parts().store.write() as tx:
        answer = confirm_enrolment(
            tx, lobby.ledger, lobby.box, now.person.id, code, wall=wall, session=now.id
        )
    if isinstance(answer, Refusal):
        raise FactorRefused(answer)
    return answer


def _about_first_code(refused: FactorRefused) -> str:
    # Nobody has recovery codes before the first phone is set up.
    wrong = refused.refusal.reason is Reason.WRONG
    return "That code is not right. Type the six digits the app shows now." if wrong else str(refused)


def _scan_again(now: Session, errors: dict[str, str]) -> Response:
    with parts().store.write() as tx:
        enrolment = pending_enrolment(tx, parts().lobby.box, now.person.id, session=now.id)
    if enrolment is None:
        # It waited for too long; the page explains how to begin again.
        return make_response(redirect(url_for("factor.show", next=wanted()), 303))
    return scan_page(enrolment, errors)


def _first_page(errors: dict[str, str]) -> Response:
    page = render_template("pages/factor/first.html", errors=errors, next=wanted())
    return make_response(page, UNACCEPTED if errors else 200)
