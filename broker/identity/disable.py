"""A person leaves, or comes back."""

from __future__ import annotations

from sqlalchemy import update

from broker.identity.people import by_id
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.identity.tables import people
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction


def disable(tx: Transaction, ledger: Ledger, person_id: str, *, actor: str) -> None:
    """No sign-in and no confirmation any more, and every session is over. Twice is success."""
    if by_id(tx, person_id).disabled:
        return
    tx.execute(update(people).where(people.c.id == person_id).values(disabled_at=tx.at))
    ledger.append(tx, Entry("person.disabled", actor, subject=person_id))
    end_all_sessions(tx, ledger, person_id, actor=actor, why=Why.PERSON_DISABLED)


def enable(tx: Transaction, ledger: Ledger, person_id: str, *, actor: str) -> None:
    """They may sign in again, with the password and factor they had. Twice is success."""
    if not by_id(tx, person_id).disabled:
        return
    tx.execute(update(people).where(people.c.id == person_id).values(disabled_at=None))
    ledger.append(tx, Entry("person.enabled", actor, subject=person_id))
