"""A review nobody signed by its deadline is told of, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from broker.access.equipment import Equipment
from broker.access.tables import grants, reviews
from broker.ledger.entry import Entry
from broker.store import Transaction


def tell_overdue(equipment: Equipment, limit: int = 500) -> int:
    """Record each review that passed its deadline unsigned; how many, at most ``limit`` in one commit."""
    with equipment.store.read() as reader:
        if not reader.all(_untold(reader.at, 1)):
            return 0
    with equipment.store.write() as tx:
        untold = tx.all(_untold(tx.at, limit))
        for row in untold:
            _tell(tx, equipment, row)
    return len(untold)


def _untold(now: datetime, limit: int) -> Select[Any]:
    passed = reviews.c.signed_at.is_(None) & (reviews.c.due_at <= now) & reviews.c.overdue_told_at.is_(None)
    owed = select(reviews.c.grant_id, reviews.c.holder_id, reviews.c.due_at, grants.c.request_id)
    return (
        owed.join(grants, grants.c.id == reviews.c.grant_id)
        .where(passed)
        .order_by(reviews.c.due_at)
        .limit(limit)
    )


def _tell(tx: Transaction, equipment: Equipment, row: Row[Any]) -> None:
    told = update(reviews).where(reviews.c.grant_id == row.grant_id).values(overdue_told_at=tx.at)
    tx.execute(told)
    facts = {"due_at": row.due_at.isoformat()}
    entry = Entry("review.overdue", "broker", row.request_id, row.grant_id, row.holder_id, facts)
    equipment.ledger.append(tx, entry)
