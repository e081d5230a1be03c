"""One review: owed with a grant, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from broker.access.tables import reviews
from broker.review.queue.outcome import Outcome
from broker.store import Reader


@dataclass(frozen=True)
class Review:
    """Open until ``signed_at``. Times are UTC."""

    grant_id: str
    holder_id: str
    opened_at: datetime
    due_at: datetime
    overdue_told_at: datetime | None
    outcome: Outcome | None
    signed_by: str | None
    signed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.signed_at is None

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at <= now


def review_of(reader: Reader, grant_id: str) -> Review | None:
    """The review a grant owes or owed, None when it never did."""
    row = reader.one_or_none(select(reviews).where(reviews.c.grant_id == grant_id))
    if row is None:
        return None
    outcome = None if row.outcome is None else Outcome(row.outcome)
    return Review(**{**row._mapping, "outcome": outcome})  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
