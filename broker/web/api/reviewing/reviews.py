"""Reviews that are due, and signing one."""

from __future__ import annotations

from pydantic import Field

from broker.access.note_check import MAXIMUM_LENGTH
from broker.identity.people import Role
from broker.review.queue.assign import assign
from broker.review.queue.open_reviews import Which, open_reviews
from broker.review.queue.outcome import Outcome
from broker.review.queue.reopen import ask_second_opinion, reopen
from broker.review.queue.sign_off import sign
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Paging, begins_after, cut, instant_and_id, next_of
from broker.web.api.frame.shape import Given, Opaque, Text
from broker.web.api.reviewing.review_told import DueList, ReviewTold, due_row, review_told
from broker.web.parts import parts

reviews = Family("reviewing")
SIGNS = Door(roles=frozenset({Role.REVIEWER}), scope="reviews:write")


class Signing(Given):
    """``note`` is needed for all but appropriate. ``note_confirmed``: it was looked at again, and identifies nobody."""

    outcome: Outcome
    note: Text = Field(default="", max_length=MAXIMUM_LENGTH)
    note_confirmed: bool = False
    ask_another: bool = Field(default=False, description="A second opinion is wanted, whatever policy says.")
    turn: int | None = Field(default=None, ge=0, description="As it was when the review was looked at.")


class Narrowed(Paging):
    """``show``: which of the open reviews."""

    show: Which = Which.ALL


class Assigning(Given):
    """``to`` is a reviewer's id, null puts it back for anybody."""

    to: Opaque | None = Field(examples=["person_0123456789abcdef0123"])


class LookingAgain(Given):
    """Why a signed review has to be looked at again."""

    reason: Text = Field(min_length=1, max_length=MAXIMUM_LENGTH)
    reason_confirmed: bool = False


@reviews.get(
    "/reviews",
    "List reviews that are due, the nearest deadline first",
    Door(roles=frozenset({Role.REVIEWER}), scope="reviews:read", software=True),
    leads_to={"sign_review": {"grant_id": "$response.body#/items/0/grant/id"}},
)
def list_reviews(call: Call, query: Narrowed) -> DueList:
    """Poll it with If-None-Match: 304 while nothing is new."""
    after = instant_and_id(begins_after(query))
    with parts().store.read() as reader:
        found = open_reviews(
            reader,
            parts().catalog,
            parts().equipment.notes,
            call.who.person,
            which=query.show,
            most=query.limit + 1,
            after=after,
        )
    shown = cut(call, query, found, lambda each: [each.due_at.isoformat(), each.row.grant_id])
    return DueList(items=[due_row(each) for each in shown], next=next_of(call))


@reviews.post("/reviews/<grant_id>/sign", "Sign a review", SIGNS, refusals=(409,))
def sign_review(call: Call, grant_id: str, body: Signing) -> ReviewTold:
    """By a reviewer who neither held nor approved the access, nor gave the first of two opinions. Policy may
    want a second opinion: then `state` becomes second, and stays so until another reviewer signs.
    """
    signed = sign(
        parts().equipment,
        call.person,
        grant_id,
        body.outcome,
        body.note,
        note_confirmed=body.note_confirmed,
        ask_another=body.ask_another,
        turn=body.turn,
    )
    return review_told(signed, body.note.strip())


@reviews.post("/reviews/<grant_id>/assign", "Ask a reviewer to sign a review", SIGNS, refusals=(409,))
def assign_review(call: Call, grant_id: str, body: Assigning) -> ReviewTold:
    """Oneself or a colleague, never who held or approved the access. A promise, not a lock."""
    return review_told(assign(parts().equipment, call.person, grant_id, body.to), "")


@reviews.post("/reviews/<grant_id>/reopen", "Open a signed review again", SIGNS, refusals=(409,))
def reopen_review(call: Call, grant_id: str, body: LookingAgain) -> ReviewTold:
    """With a new deadline. What was found before stays in the story."""
    found = {"note_confirmed": body.reason_confirmed}
    return review_told(reopen(parts().equipment, call.person, grant_id, body.reason, **found), "")


@reviews.post(
    "/reviews/<grant_id>/second-opinion",
    "Ask for a second opinion on a signed review",
    SIGNS,
    refusals=(409,),
)
def ask_second_opinion_on(call: Call, grant_id: str, body: LookingAgain) -> ReviewTold:
    """From a reviewer other than the one who signed it."""
    found = {"note_confirmed": body.reason_confirmed}
    return review_told(ask_second_opinion(parts().equipment, call.person, grant_id, body.reason, **found), "")
