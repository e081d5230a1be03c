"""Reviews that wait for somebody, the nearest deadline first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from broker.access.tables import reviews
from broker.identity.people import Person
from broker.identity.tables import people
from broker.notes.note import shown
from broker.notes.note_box import NoteBox
from broker.policy.catalog import Catalog
from broker.review.history.rows import HistoryRow, rows_of
from broker.review.queue.owed import ReviewState
from broker.review.queue.who_may_sign import approvers_of, why_not
from broker.store import Reader

MOST_SHOWN = 50


class Which(StrEnum):
    """What a list of open reviews can be narrowed to."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    SECOND = "second"


@dataclass(frozen=True)
class OpenReview:
    """``note`` is the holder's. ``hindrance`` says why this reviewer may not sign it; empty when they may.

    ``second``: one opinion was given, another one is waited for. ``assignee`` is a name, None for nobody.
    """

    row: HistoryRow
    note: str
    due_at: datetime
    overdue: bool
    hindrance: str
    second: bool
    turn: int
    assigned_to: str | None
    assignee: str | None


def open_reviews(
    reader: Reader,
    catalog: Catalog,
    notes: NoteBox,
    reviewer: Person | None,
    *,
    which: Which = Which.ALL,
    most: int = MOST_SHOWN,
    after: tuple[datetime, str] | None = None,
) -> tuple[OpenReview, ...]:
    """The first ``most`` unsigned reviews as this reviewer sees them; after the one with that deadline and grant.

    Nobody in particular (None) may sign none of them.
    """
    first = (
        select(reviews, people.c.name.label("assignee"))
        .outerjoin(people, people.c.id == reviews.c.assigned_to)
        .where(_narrowed(which, reviewer, reader.at))
        .order_by(reviews.c.due_at, reviews.c.grant_id)
        .limit(most)
    )
    if after is not None:
        first = first.where(tuple_(reviews.c.due_at, reviews.c.grant_id) > tuple_(*after))
    owed = reader.all(first)
    rows = rows_of(reader, catalog, [row.grant_id for row in owed])
    asked = [row.request_id for row in rows.values()]
    written, decided = notes.notes_of(reader, asked), approvers_of(reader, asked)
    return tuple(
        OpenReview(
            row=rows[each.grant_id],
            note=shown(written.get(rows[each.grant_id].request_id)),
            due_at=each.due_at,
            overdue=each.due_at <= reader.at,
            hindrance=_hindrance(reviewer, rows[each.grant_id], decided, each.first_by),
            second=each.state == ReviewState.SECOND,
            turn=each.turn,
            assigned_to=each.assigned_to,
            assignee=each.assignee or each.assigned_to,
        )
        for each in owed
    )


def count_open(reader: Reader, which: Which = Which.ALL, reviewer: Person | None = None) -> int:
    """How many reviews nobody has signed."""
    unsigned = select(func.count()).select_from(reviews).where(_narrowed(which, reviewer, reader.at))
    return int(reader.execute(unsigned).scalar_one())


def _narrowed(which: Which, reviewer: Person | None, now: datetime) -> ColumnElement[bool]:
    unsigned: ColumnElement[bool] = reviews.c.signed_at.is_(None)
    narrower: dict[Which, Any] = {
        Which.MINE: reviews.c.assigned_to == (reviewer.id if reviewer else ""),
        Which.UNASSIGNED: reviews.c.assigned_to.is_(None),
        Which.OVERDUE: reviews.c.due_at <= now,
        Which.SECOND: reviews.c.state == ReviewState.SECOND,
    }
    return unsigned if which is Which.ALL else unsigned & narrower[which]


def _hindrance(
    reviewer: Person | None, row: HistoryRow, decided: Collection[tuple[str, str]], first_by: str | None
) -> str:
    if reviewer is None:
        return "Only reviewers sign reviews."
    return why_not(reviewer, row.person_id, decided, row.request_id, first_by)
