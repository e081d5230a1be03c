"""A person gets a password, or another one."""

from __future__ import annotations

from broker.identity.people import by_id
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.identity.signing_in.passwords import keep_hash
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction


def change_password(
    tx: Transaction,
    ledger: Ledger,
    person_id: str,
    hashed: str,
    *,
    actor: str,
    keep_session: str | None = None,
) -> None:
    """Keep ``hashed`` (of ``hash_password``, made before the transaction); other sessions are over.

    What somebody else than the person set works for a limited time only.
    """
    person = by_id(tx, person_id)
    keep_hash(tx, person.id, hashed, chosen_by_other=actor != person.id)
    ledger.append(tx, Entry("person.password_changed", actor, subject=person.id))
    end_all_sessions(tx, ledger, person.id, actor=actor, why=Why.PASSWORD_CHANGED, keep=keep_session)
