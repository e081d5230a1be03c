"""Phone, passkeys and recovery codes are lost: an operator who knows the person lets them begin again."""

from __future__ import annotations

from sqlalchemy import delete, update

from broker.identity.factors.lost.reset import ResetState, move_reset, open_resets
from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.people import by_id
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.identity.tables import recovery_codes, totp_factors
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction


def forget_factor(tx: Transaction, ledger: Ledger, person_id: str, *, actor: str) -> None:
    """No code, no passkey and no recovery code of theirs opens anything; the next sign-in sets up anew. NotFound."""
    person = by_id(tx, person_id)
    tx.execute(delete(totp_factors).where(totp_factors.c.person_id == person.id))
    tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person.id))
    remove_all_passkeys(tx, person.id)
    for plea in open_resets(tx, person.id):
        move_reset(tx, plea, ResetState.STOPPED)
    ledger.append(tx, Entry("factor.forgotten", actor, subject=person.id))
    end_all_sessions(tx, ledger, person.id, actor=actor, why=Why.FACTOR_CHANGED)


def remove_all_passkeys(tx: Transaction, person_id: str, *, but: str = "") -> None:
    """The rows stay, so that a passkey that was removed is never taken for a new one."""
    own = (passkeys.c.person_id == person_id, passkeys.c.removed_at.is_(None), passkeys.c.id != but)
    tx.execute(update(passkeys).where(*own).values(removed_at=tx.at))
