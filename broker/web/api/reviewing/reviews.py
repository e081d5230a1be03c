"""Reviews that are due, and signing one."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.access.note_check import MAXIMUM_LENGTH
from broker.identity.people import Role
from broker.review.queue.open_reviews import OpenReview, open_reviews
from broker.review.queue.outcome import Outcome
from broker.review.queue.owed import Review
from broker.review.queue.sign_off import sign
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Page, Paging, begins_after, cut, instant_and_id, next_of
from broker.web.api.frame.shape import Given, Text, Told
from broker.web.api.holding.grant_shapes import GrantRow
from broker.web.api.holding.grant_told import grant_row
from broker.web.parts import parts

reviews = Family("reviewing")


class ReviewTold(Told):
    """Open until ``signed_at``."""

    grant: str = Field(examples=["grant_0123456789abcdef0123"])
    holder: str = Field(examples=["person_0123456789abcdef0123"])
    opened_at: datetime
    due_at: datetime
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
    hindrance: str


class DueList(Page):
    items: list[DueRow]


class Signing(Given):
    """``note`` is needed for all but appropriate. ``note_confirmed``: it was looked at again, and identifies nobody."""

    outcome: Outcome
    note: Text = Field(default="", max_length=MAXIMUM_LENGTH)
    note_confirmed: bool = False


@reviews.get(
    "/reviews",
    "List reviews that are due, the nearest deadline first",
    Door(roles=frozenset({Role.REVIEWER}), scope="reviews:read", software=True),
    leads_to={"sign_review": {"grant_id": "$response.body#/items/0/grant/id"}},
)
def list_reviews(call: Call, query: Paging) -> DueList:
    """Poll it with If-None-Match: 304 while nothing is new."""
    after = instant_and_id(begins_after(query))
    with parts().store.read() as reader:
        found = open_reviews(
            reader,
            parts().catalog,
            parts().equipment.notes,
            call.who.person,
            most=query.limit + 1,
            after=after,
        )
    shown = cut(call, query, found, lambda each: [each.due_at.isoformat(), each.row.grant_id])
    return DueList(items=[_due(each) for each in shown], next=next_of(call))


@reviews.post(
    "/reviews/<grant_id>/sign",
    "Sign a review",
    Door(roles=frozenset({Role.REVIEWER}), scope="reviews:write"),
    refusals=(409,),
)
def sign_review(call: Call, grant_id: str, body: Signing) -> ReviewTold:
    """By a reviewer who neither held nor approved the access."""
    found = {"note_confirmed": body.note_confirmed}
    signed = sign(parts().equipment, call.person, grant_id, body.outcome, body.note, **found)
    return review_told(signed, body.note.strip())


def review_told(review: Review, note: str) -> ReviewTold:
    return ReviewTold(
        grant=review.grant_id,
        holder=review.holder_id,
        opened_at=review.opened_at,
        due_at=review.due_at,
        outcome=review.outcome,
        note=note or None,
        signed_by=review.signed_by,
        signed_at=review.signed_at,
    )


def _due(review: OpenReview) -> DueRow:
    return DueRow(
        grant=grant_row(review.row),
        note=review.note,
        purpose=review.row.purpose,
        reason=review.row.reason,
        due_at=review.due_at,
        overdue=review.overdue,
        hindrance=review.hindrance,
    )
