"""A review's life: one table of moves, one function that moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from broker.access.tables import reviews
from broker.errors import Conflict, IllegalMove, NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.review.queue.outcome import Outcome
from broker.store import Reader, Transaction


class ReviewState(StrEnum):
    OPEN = "open"
    SECOND = "second"  # one opinion was given, another reviewer's is waited for
    SIGNED = "signed"


MOVES: Mapping[ReviewState, frozenset[ReviewState]] = {
    ReviewState.OPEN: frozenset({ReviewState.SECOND, ReviewState.SIGNED}),
    ReviewState.SECOND: frozenset({ReviewState.SIGNED}),
    # Never settled for ever: what was found may be looked at again, by the same or by another.
    ReviewState.SIGNED: frozenset({ReviewState.OPEN, ReviewState.SECOND}),
}


@dataclass(frozen=True)
class Review:
    """What one grant owes or owed. ``turn`` counts the moves, so that a form knows what it was made for.

    ``outcome`` and whose it is are None until it is signed; ``first_outcome`` and whose it is only
    where a second opinion is given or waited for. Times are UTC.
    """

    grant_id: str
    holder_id: str
    opened_at: datetime
    due_at: datetime
    overdue_told_at: datetime | None
    outcome: Outcome | None
    signed_by: str | None
    signed_at: datetime | None
    state: ReviewState
    turn: int
    assigned_to: str | None
    assigned_at: datetime | None
    first_outcome: Outcome | None
    first_by: str | None
    first_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state is not ReviewState.SIGNED

    @property
    def is_disputed(self) -> bool:
        """Whether two reviewers looked and did not find the same; the second one's finding stands."""
        return None not in {self.outcome, self.first_outcome} and self.outcome is not self.first_outcome

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at <= now


def review_of(reader: Reader, grant_id: str) -> Review | None:
    """The review a grant owes or owed, None when it never did."""
    row = reader.one_or_none(select(reviews).where(reviews.c.grant_id == grant_id))
    if row is None:
        return None
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    values["state"] = ReviewState(values["state"])
    for name in ("outcome", "first_outcome"):
        values[name] = None if values[name] is None else Outcome(values[name])
    return Review(**values)


def get_review(reader: Reader, grant_id: str) -> Review:
    """The review, or NotFound."""
    review = review_of(reader, grant_id)
    if review is None:
        raise NotFound("This access owes no review.", help="Look at the list of reviews that are due.")
    return review


def move_review(
    tx: Transaction, ledger: Ledger, review: Review, to: ReviewState, entry: Entry, **changes: Any
) -> Review:
    """Move along the table and record it. IllegalMove off the table, Conflict when somebody else moved first.

    Whoever it was assigned to has done what was asked of them, or did not need to.
    """
    if to not in MOVES[review.state]:
        raise IllegalMove(f"A review that is {review.state} cannot become {to}.")
    moved = {"state": to, "turn": review.turn + 1, "assigned_to": None, "assigned_at": None, **changes}
    if tx.execute(update(reviews).where(unmoved(review)).values(**moved)).rowcount != 1:
        raise moved_on()
    ledger.append(tx, entry)
    return get_review(tx, review.grant_id)


def unmoved(review: Review) -> Any:
    """The row as it was when ``review`` was read."""
    return (
        (reviews.c.grant_id == review.grant_id)
        & (reviews.c.state == review.state)
        & (reviews.c.turn == review.turn)
    )


def moved_on() -> Conflict:
    return Conflict("This review moved on while you were looking at it.", help="Look at it again.")
