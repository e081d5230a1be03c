"""Reviews that wait for somebody, the nearest deadline first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_

from broker.access.tables import reviews
from broker.identity.people import Person
from broker.notes.note import shown
from broker.notes.note_box import NoteBox
from broker.policy.catalog import Catalog
from broker.review.history.rows import HistoryRow, rows_of
from broker.review.queue.sign_off import approvers_of, why_not
from broker.store import Reader

MOST_SHOWN = 50


@dataclass(frozen=True)
class OpenReview:
    """``note`` is the holder's. ``hindrance`` says why this reviewer may not sign it; empty when they may."""

    row: HistoryRow
    note: str
    due_at: datetime
    overdue: bool
    hindrance: str


def open_reviews(
    reader: Reader,
    catalog: Catalog,
    notes: NoteBox,
    reviewer: Person | None,
    *,
    most: int = MOST_SHOWN,
    after: tuple[datetime, str] | None = None,
) -> tuple[OpenReview, ...]:
    """The first ``most`` unsigned reviews as this reviewer sees them; after the one with that deadline and grant.

    Nobody in particular (None) may sign none of them.
    """
    first = (
        select(reviews.c.grant_id, reviews.c.due_at)
        .where(reviews.c.signed_at.is_(None))
        .order_by(reviews.c.due_at, reviews.c.grant_id)
        .limit(most)
    )
    if after is not None:
        first = first.where(tuple_(reviews.c.due_at, reviews.c.grant_id) > tuple_(*after))
    due = {row.grant_id: row.due_at for row in reader.all(first)}
    rows = rows_of(reader, catalog, due.keys())
    written = notes.notes_of(reader, [row.request_id for row in rows.values()])
    decided = approvers_of(reader, [row.request_id for row in rows.values()])
    return tuple(
        OpenReview(
            row=rows[grant_id],
            note=shown(written.get(rows[grant_id].request_id)),
            due_at=due_at,
            overdue=due_at <= reader.at,
            hindrance=_hindrance(reviewer, rows[grant_id], decided),
        )
        for grant_id, due_at in due.items()
    )


def _hindrance(reviewer: Person | None, row: HistoryRow, decided: Collection[tuple[str, str]]) -> str:
    if reviewer is None:
        return "Only reviewers sign reviews."
    return why_not(reviewer, row.person_id, decided, row.request_id)


def count_open(reader: Reader) -> int:
    """How many reviews nobody has signed."""
    unsigned = select(func.count()).select_from(reviews).where(reviews.c.signed_at.is_(None))
    return int(reader.execute(unsigned).scalar_one())
