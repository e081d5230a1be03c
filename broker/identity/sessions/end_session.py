"""Sessions end when their person says so, and when somebody else has to."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select, update

from broker.errors import NotFound
from broker.identity.sessions.sessions import ABSOLUTE_LIMIT, FIRST_FACTOR_LIMIT, IDLE_LIMIT
from broker.identity.tables import sessions
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Store, Transaction


class Why(StrEnum):
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    ENDED_BY_OTHER = "ended_by_other"
    PERSON_DISABLED = "person_disabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
    FACTOR_CHANGED = "factor_changed"
    SIGNED_OUT_BY_PROVIDER = "signed_out_by_provider"


def end_session(tx: Transaction, ledger: Ledger, session_id: str, *, actor: str, why: Why) -> None:
    """End one; ending it twice is success. NotFound when there never was one."""
    row = tx.one_or_none(select(sessions.c.person_id, sessions.c.ended_at).where(sessions.c.id == session_id))
    if row is None:
        raise NotFound("There is no such session.")
    _end(tx, ledger, row.person_id, [] if row.ended_at else [session_id], actor, why)


def end_all_sessions(
    tx: Transaction, ledger: Ledger, person_id: str, *, actor: str, why: Why, keep: str | None = None
) -> int:
    """End every session of a person, but for the one with the id ``keep``; how many there were."""
    mine = select(sessions.c.id).where(sessions.c.person_id == person_id, sessions.c.ended_at.is_(None))
    ending = [row.id for row in tx.all(mine) if row.id != keep]
    _end(tx, ledger, person_id, ending, actor, why)
    return len(ending)


def end_sessions(
    tx: Transaction, ledger: Ledger, person_id: str, session_ids: list[str], *, actor: str, why: Why
) -> None:
    """End these, which are open and this person's."""
    _end(tx, ledger, person_id, session_ids, actor, why)


def close_expired(store: Store) -> int:
    """Close what its limits have ended, in a commit of its own; how many."""
    with store.write() as tx:
        return close_expired_sessions(tx)


def close_expired_sessions(tx: Transaction) -> int:
    """Mark as ended what its limits have ended already, so that no clock can bring it back; how many."""
    too_old = (
        (sessions.c.last_seen_at <= tx.at - IDLE_LIMIT)
        | (sessions.c.begun_at <= tx.at - ABSOLUTE_LIMIT)
        | (sessions.c.mfa_at.is_(None) & (sessions.c.begun_at <= tx.at - FIRST_FACTOR_LIMIT))
    )
    closed = update(sessions).where(sessions.c.ended_at.is_(None), too_old).values(ended_at=tx.at)
    return tx.execute(closed).rowcount


def _end(tx: Transaction, ledger: Ledger, person_id: str, ids: list[str], actor: str, why: Why) -> None:
    tx.execute(
        update(sessions).where(sessions.c.id.in_(ids), sessions.c.ended_at.is_(None)).values(ended_at=tx.at)
    )
    for session_id in ids:
        facts = {"session": session_id, "why": why.value}
        ledger.append(tx, Entry("session.ended", actor, subject=person_id, facts=facts))
