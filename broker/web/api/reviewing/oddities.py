"""What looks odd, and what a reviewer makes of it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.identity.people import Role
from broker.review.oddities.found import Signal
from broker.review.oddities.listed import Oddity, waiting_oddities
from broker.review.oddities.looked import mark_looked_at, open_review_of
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Done, Given, Named, Opaque, Told
from broker.web.api.holding.grant_shapes import GrantRow
from broker.web.api.holding.grant_told import grant_row
from broker.web.api.reviewing.review_told import ReviewTold, review_told
from broker.web.api.reviewing.reviews import SIGNS
from broker.web.parts import parts

oddities = Family("reviewing")


class OddityTold(Told):
    """`sentence` says why it is shown, `maybe` what it may be instead. `grants` are the newest of `count`."""

    id: str = Field(examples=["odd_0123456789abcdef0123"])
    signal: Signal
    title: str
    sentence: str
    maybe: str
    person: Named
    grants: list[GrantRow]
    count: int
    newest_at: datetime


class OddityList(Told):
    """What nobody has looked at, the newest first; at most a hundred."""

    items: list[OddityTold]


class Looking(Given):
    """`newest_at` as it was told: with newer grants behind it, it is not put away."""

    newest_at: datetime | None = None


class OfGrant(Given):
    """One of the grants behind it."""

    grant: Opaque


@oddities.get(
    "/oddities",
    "List what looks odd",
    Door(roles=frozenset({Role.REVIEWER}), scope="reviews:read", software=True),
)
def list_oddities(call: Call) -> OddityList:  # noqa: ARG001 - whoever came through may know
    """Looked for every few minutes. None of it says that anybody did wrong."""
    with parts().store.read() as reader:
        return OddityList(items=[_told(each) for each in waiting_oddities(reader, parts().catalog)])


@oddities.post("/oddities/<oddity_id>/looked-at", "Put away what looked odd", SIGNS, refusals=(409,))
def look_at_oddity(call: Call, oddity_id: str, body: Looking) -> Done:
    """By a reviewer it is not about. It comes back when there is as much of it again."""
    mark_looked_at(parts().equipment, call.person, oddity_id, body.newest_at)
    return Done()


@oddities.post(
    "/oddities/<oddity_id>/reviews", "Open a review of a grant that looks odd", SIGNS, refusals=(409,)
)
def review_oddity(call: Call, oddity_id: str, body: OfGrant) -> ReviewTold:
    """Of one that has none yet; otherwise that one is opened again instead."""
    return review_told(open_review_of(parts().equipment, call.person, oddity_id, body.grant), "")


def _told(oddity: Oddity) -> OddityTold:
    return OddityTold(
        id=oddity.id,
        signal=oddity.signal,
        title=oddity.title,
        sentence=oddity.sentence,
        maybe=oddity.maybe,
        person=Named(id=oddity.person_id, name=oddity.person),
        grants=[grant_row(row) for row in oddity.rows],
        count=oddity.count,
        newest_at=oddity.newest_at,
    )
