"""A review as the API tells it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.review.queue.open_reviews import OpenReview
from broker.review.queue.outcome import Outcome
from broker.review.queue.owed import Review, ReviewState
from broker.web.api.frame.paging import Page
from broker.web.api.frame.shape import Told
from broker.web.api.holding.grant_shapes import GrantRow
from broker.web.api.holding.grant_told import grant_row


class FirstTold(Told):
    """The first of two opinions."""

    outcome: Outcome
    by: str
    at: datetime


class ReviewTold(Told):
    """`state` is open, second (one opinion was given, another one is waited for) or signed. Where two differ,
    `outcome` is the second one's. `turn` counts the moves; sent back with a signature, it must still be so.
    """

    grant: str = Field(examples=["grant_0123456789abcdef0123"])
    holder: str = Field(examples=["person_0123456789abcdef0123"])
    opened_at: datetime
    due_at: datetime
    state: ReviewState
    turn: int
    assigned_to: str | None
    first: FirstTold | None
    outcome: Outcome | None
    note: str | None
    signed_by: str | None
    signed_at: datetime | None


class DueRow(Told):
    """``hindrance`` says why the caller may not sign it; empty when they may."""

    grant: GrantRow
    note: str
    purpose: str
    reason: str
    due_at: datetime
    overdue: bool
    second: bool
    turn: int
    assigned_to: str | None
    hindrance: str


class DueList(Page):
    items: list[DueRow]


def review_told(review: Review, note: str) -> ReviewTold:
    return ReviewTold(
        grant=review.grant_id,
        holder=review.holder_id,
        opened_at=review.opened_at,
        due_at=review.due_at,
        state=review.state,
        turn=review.turn,
        assigned_to=review.assigned_to,
        first=_first(review),
        outcome=review.outcome,
        note=note or None,
        signed_by=review.signed_by,
        signed_at=review.signed_at,
    )


def _first(review: Review) -> FirstTold | None:
    if review.first_outcome is None or review.first_by is None or review.first_at is None:
        return None
    return FirstTold(outcome=review.first_outcome, by=review.first_by, at=review.first_at)


def due_row(review: OpenReview) -> DueRow:
    return DueRow(
        grant=grant_row(review.row),
        note=review.note,
        purpose=review.row.purpose,
        reason=review.row.reason,
        due_at=review.due_at,
        overdue=review.overdue,
        second=review.second,
        turn=review.turn,
        assigned_to=review.assigned_to,
        hindrance=review.hindrance,
    )
