"""Ways to confirm it is you: what there is, another one, one less. Each change is confirmed with what there is."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Conflict
from broker.identity.factors.change import Change, changing
from broker.identity.factors.enrol import begin_enrolment, renew_recovery_codes
from broker.identity.factors.lost.reset import open_resets
from broker.identity.factors.lost.vouch import stop_pleas
from broker.identity.factors.passkeys.add import begin_passkey
from broker.identity.factors.passkeys.passkey import passkeys_of
from broker.identity.factors.recovery_codes import how_many_left
from broker.identity.factors.refusal import FactorRefused
from broker.identity.factors.remove import (
    check_another_stays,
    own_passkey,
    remove_app,
    remove_passkey,
    rename_passkey,
)
from broker.identity.factors.step_up import Proof, perform
from broker.identity.sessions.sessions import Session
from broker.store import Transaction
from broker.web.entering.factor_pages import codes_page, scan_page, wanted
from broker.web.entering.sign_in import UNACCEPTED
from broker.web.frame.acting import typed_code
from broker.web.frame.ask_to_wait import refused_with
from broker.web.frame.guard import me, signed_in
from broker.web.frame.passkeys import ask_script, challenge, is_script
from broker.web.parts import parts

pages = Blueprint("factors", __name__)

CONFLICT = 409


@dataclass(frozen=True)
class Wanted:
    """One change, and the passkey it is about where it is about one."""

    change: Change
    which: str = ""


def overview(now: Session, errors: dict[str, str], status: int = 200) -> Response:
    """What there is, and the buttons that change it; looking changes nothing."""
    with parts().store.read() as reader:
        page = render_template(
            "pages/factor/overview.html",
            person=now.person,
            passkeys_set_up=passkeys_of(reader, now.person.id),
            left=how_many_left(reader, now.person.id),
            pleas=open_resets(reader, now.person.id),
            errors=errors,
            next=wanted(),
        )
    return make_response(page, status)


def change(now: Session) -> Response:
    """One change for somebody signed in, in the transaction that takes what confirms it."""
    asked, typed = _asked(), typed_code()
    if asked.change is Change.PASSKEY and not is_script():
        return overview(
            now, {"": "This browser cannot make a passkey here. Use an authenticator app."}, UNACCEPTED
        )
    if typed.is_empty:
        return overview(now, {"code": "Enter the one-time code your app shows now."}, UNACCEPTED)
    try:
        _check_possible(now, asked)
        action = changing(now.person.id, asked.change, asked.which)
        return perform(
            parts().store,
            lambda tx: parts().equipment.check_factor(tx, now.person.id, typed, action),
            lambda tx, proof: _act(tx, now, asked, proof),
        )
    except FactorRefused as refused:
        return challenge(refused) or refused_with(overview(now, {"code": str(refused)}, UNACCEPTED), refused)
    except Conflict as conflict:
        return overview(now, {"": f"{conflict} {conflict.help}"}, CONFLICT)


@pages.post("/factor/passkeys/<passkey_id>/name")
@signed_in()
def rename(passkey_id: str) -> Response:
    with parts().store.write() as tx:
        rename_passkey(tx, me().id, passkey_id, request.form.get("name", ""))
    return _back()


@pages.post("/factor/lost/stop")
@signed_in()
def stop() -> Response:
    """It was not me: whatever was asked for in my name ends."""
    with parts().store.write() as tx:
        stop_pleas(tx, parts().ledger, me())
    return _back()


def _asked() -> Wanted:
    what, _, which = request.form.get("what", "").partition(":")
    known = {each.value: each for each in Change}
    return Wanted(known.get(what, Change.APP), which if what == Change.NO_PASSKEY else "")


def _check_possible(now: Session, asked: Wanted) -> None:
    """Before a code is used up: what cannot be done is said first."""
    if asked.change not in {Change.NO_PASSKEY, Change.NO_APP}:
        return
    with parts().store.read() as reader:
        going = asked.which or Change.APP.value
        if asked.which:
            own_passkey(reader, now.person.id, asked.which)
        check_another_stays(reader, now.person.id, going)


def _act(tx: Transaction, now: Session, asked: Wanted, proof: Proof) -> Response:
    ledger, lobby, who = parts().ledger, parts().lobby, now.person.id
    match asked.change:
        case Change.CODES:
            return codes_page(renew_recovery_codes(tx, ledger, who, proof, session=now.id))
        case Change.PASSKEY:
            options = begin_passkey(tx, lobby.passkeys, who, proof, session=now.id)
            return ask_script("create", options, url_for("factor.take_passkey"))
        case Change.NO_PASSKEY:
            remove_passkey(tx, ledger, who, asked.which, proof, session=now.id)
            return _back()
        case Change.NO_APP:
            remove_app(tx, ledger, who, proof, session=now.id)
            return _back()
        case Change.APP:
            return scan_page(begin_enrolment(tx, lobby.box, who, proof, session=now.id), {})


def _back() -> Response:
    return make_response(redirect(url_for("factor.show", next=wanted()), 303))
