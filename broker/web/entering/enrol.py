"""Set up the second factor: scan, type the first code, keep the recovery codes. The same page replaces it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.identity.factors.enrol import (
    Enrolled,
    Enrolment,
    begin_enrolment,
    confirm_enrolment,
    pending_enrolment,
    renew_recovery_codes,
    replacing,
)
from broker.identity.factors.recovery_codes import how_many_left
from broker.identity.factors.refusal import FactorRefused, Reason, Refusal
from broker.identity.factors.step_up import Proof, confirm, perform
from broker.identity.people import Person
from broker.identity.sessions.sessions import Session
from broker.identity.signing_in.sign_in import check_first_code
from broker.store import Transaction
from broker.web.entering.sign_in import UNACCEPTED, finish
from broker.web.frame.browser import caller
from broker.web.frame.guard import send_to_sign_in, session_now, session_token
from broker.web.frame.own_path import own_path
from broker.web.parts import parts

pages = Blueprint("factor", __name__)


@pages.get("/factor")
def show() -> Response:
    """What there is, and the buttons that change it; looking changes nothing."""
    now = session_now()
    return _turned_away(now) or _overview(now, {})


@pages.post("/factor/begin")
def begin() -> Response:
    now = session_now()
    away = _turned_away(now)
    if away or now is None:
        return away or send_to_sign_in(now)
    person = now.person
    if not person.has_factor:
        with parts().store.write() as tx:
            return _scan_page(begin_enrolment(tx, parts().lobby.box, person.id, session=now.id), {})
    try:
        return perform(
            parts().store,
            lambda tx: _confirm(tx, person),
            lambda tx, proof: _replacement(tx, now, proof),
        )
    except FactorRefused as refused:
        return _overview(now, {"code": str(refused)}, UNACCEPTED)


@pages.post("/factor/confirm")
def take_first_code() -> Response:
    now = session_now()
    away = _turned_away(now)
    if away or now is None:
        return away or send_to_sign_in(now)
    code = request.form.get("code", "")
    try:
        if now.mfa_at is not None:
            return _codes_page(_confirm_replacement(now, code).recovery_codes)
        opened, enrolled = check_first_code(
            parts().lobby, caller(), token=session_token(), code=code, wall=parts().clock.wall()
        )
    except FactorRefused as refused:
        return _scan_again(now, {"code": _about_first_code(refused)})
    return finish(_codes_page(enrolled.recovery_codes), opened, now)


def _turned_away(now: Session | None) -> Response | None:
    # With the password alone nobody gets past a factor that exists.
    if now is None or (now.mfa_at is None and now.person.has_factor):
        return send_to_sign_in(now)
    return None


def _confirm(tx: Transaction, person: Person) -> Proof | Refusal:
    return confirm(
        tx,
        parts().ledger,
        parts().lobby.box,
        person.id,
        request.form.get("code", ""),
        replacing(person.id),
        wall=parts().clock.wall(),
        source=caller().source,
    )


def _replacement(tx: Transaction, now: Session, proof: Proof) -> Response:
    if request.form.get("what") == "codes":
        return _codes_page(renew_recovery_codes(tx, parts().ledger, now.person.id, proof))
    return _scan_page(begin_enrolment(tx, parts().lobby.box, now.person.id, proof, session=now.id), {})


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
        return make_response(redirect(url_for("factor.show", next=_wanted()), 303))
    return _scan_page(enrolment, errors)


def _overview(now: Session | None, errors: dict[str, str], status: int = 200) -> Response:
    left = 0
    if now is not None and now.person.has_factor:
        with parts().store.read() as reader:
            left = how_many_left(reader, now.person.id)
    has_factor = now is not None and now.person.has_factor
    page = render_template(
        "pages/factor/overview.html", has_factor=has_factor, left=left, errors=errors, next=_wanted()
    )
    return make_response(page, status)


def _scan_page(enrolment: Enrolment, errors: dict[str, str]) -> Response:
    page = render_template("pages/factor/scan.html", enrolment=enrolment, errors=errors, next=_wanted())
    return make_response(page, UNACCEPTED if errors else 200)


def _codes_page(codes: tuple[str, ...]) -> Response:
    return make_response(render_template("pages/factor/recovery_codes.html", codes=codes, next=_wanted()))


def _wanted() -> str:
    return own_path(request.values.get("next"))
