"""A person gets a passkey: by a right, with recovery codes when it is their first factor."""

from __future__ import annotations

from broker.identity.factors import recovery_codes
from broker.identity.factors.change import Change, changing, may_begin_anew, require_right
from broker.identity.factors.lost.reset import Reset
from broker.identity.factors.passkeys.confirm import PasskeyDesk
from broker.identity.factors.passkeys.register import bound_to_session, register, registration_options
from broker.identity.factors.refusal import Refusal
from broker.identity.factors.start_over import start_over
from broker.identity.factors.step_up import Proof
from broker.identity.people import by_id
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.store import Reader, Transaction


def begin_passkey(
    reader: Reader,
    desk: PasskeyDesk,
    person_id: str,
    proof: Proof | None = None,
    *,
    session: str,
    plea: Reset | None = None,
) -> str:
    """JSON for the browser. Refused without a right, as for an authenticator app (see ``enrol``)."""
    person = by_id(reader, person_id)
    right = require_right(reader, person, changing(person_id, Change.PASSKEY), proof, plea)
    return registration_options(reader, desk, person, bound_to_session(person, session, right))


def add_passkey(
    tx: Transaction,
    desk: PasskeyDesk,
    person_id: str,
    said: str,
    *,
    name: str,
    session: str,
    plea: Reset | None = None,
) -> tuple[str, ...] | Refusal:
    """Keep what ``begin_passkey`` asked for in the same session; the recovery codes to show, if there are new ones.

    Other sessions are over. By what right it was asked for is part of the challenge: one that was
    made before there was any factor is worthless once there is one.
    """
    person = by_id(tx, person_id)
    anew = not person.has_factor or may_begin_anew(tx, person, plea)
    right = "first" if not person.has_factor else "vouched" if anew else "proved"
    bound_to = bound_to_session(person, session, right)
    passkey = register(tx, desk, person, said, name=name, bound_to=bound_to)
    if isinstance(passkey, Refusal):
        return passkey
    start_over(tx, desk.ledger, person, plea, spare=passkey.id)
    end_all_sessions(tx, desk.ledger, person_id, actor=person_id, why=Why.FACTOR_CHANGED, keep=session)
    return recovery_codes.make_codes(tx, person_id) if anew else ()
