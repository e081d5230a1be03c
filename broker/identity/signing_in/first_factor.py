"""With the password alone somebody sets up what they will confirm with: the first time, or anew after a loss."""

from __future__ import annotations

from datetime import datetime

from broker.errors import Refused
from broker.identity.caller import Caller
from broker.identity.factors.change import may_begin_anew
from broker.identity.factors.enrol import Enrolled, confirm_enrolment
from broker.identity.factors.lost.reset import Reset, reset_of_browser
from broker.identity.factors.passkeys.add import add_passkey
from broker.identity.factors.refusal import FactorRefused, Refusal
from broker.identity.factors.step_up import Method
from broker.identity.sessions.sessions import Opened, Session
from broker.identity.signing_in.sign_in import Lobby, first_factor_session, signed_in
from broker.store import Transaction


def check_first_code(
    lobby: Lobby, caller: Caller, *, token: str, code: str, wall: datetime, browser: str = ""
) -> tuple[Opened, Enrolled]:
    """Elevate the session with the new app's first code; recovery codes to show once.

    ``browser`` is what the cookie of a plea for help holds, see ``factors.lost``.
    """
    with lobby.store.write() as tx:
        session = first_factor_session(tx, token)
        plea = _right(tx, session, browser)
        answer = confirm_enrolment(
            tx, lobby.ledger, lobby.box, session.person.id, code, wall=wall, session=session.id, plea=plea
        )
        if isinstance(answer, Enrolled):
            return signed_in(tx, lobby.ledger, caller, session, token, Method.TOTP), answer
    raise FactorRefused(answer)


def check_first_passkey(
    lobby: Lobby, caller: Caller, *, token: str, said: str, name: str, browser: str = ""
) -> tuple[Opened, Enrolled]:
    """The same with a passkey, which was made just now and checked that it is them."""
    with lobby.store.write() as tx:
        session = first_factor_session(tx, token)
        plea = _right(tx, session, browser)
        answer = add_passkey(
            tx, lobby.passkeys, session.person.id, said, name=name, session=session.id, plea=plea
        )
        if not isinstance(answer, Refusal):
            return signed_in(tx, lobby.ledger, caller, session, token, Method.PASSKEY), Enrolled(answer)
    raise FactorRefused(answer)


def _right(tx: Transaction, session: Session, browser: str) -> Reset | None:
    plea = reset_of_browser(tx, browser) if browser else None
    if session.person.has_factor and not may_begin_anew(tx, session.person, plea):
        raise Refused(
            "You have set up how you confirm that it is you.",
            help="Use your passkey, or type a code from your app.",
        )
    return plea
