"""A phone is lost, and the recovery codes with it: an operator who knows the person lets them begin again."""

from __future__ import annotations

from sqlalchemy import delete

from broker.identity.people import by_id
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.identity.tables import recovery_codes, totp_factors
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction


def forget_factor(tx: Transaction, ledger: Ledger, person_id: str, *, actor: str) -> None:
    """No code and no recovery code of theirs opens anything; the next sign-in sets up new ones. NotFound."""
    person = by_id(tx, person_id)
    tx.execute(delete(totp_factors).where(totp_factors.c.person_id == person.id))
    tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person.id))
    ledger.append(tx, Entry("factor.forgotten", actor, subject=person.id))
    end_all_sessions(tx, ledger, person.id, actor=actor, why=Why.FACTOR_CHANGED)
