"""Who had access to what: the filtered list, and the story of one access."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.identity.people import Role
from broker.review.history.page import history_page
from broker.review.story.glance import at_a_glance
from broker.review.story.timeline import Step, Story, read_story
from broker.store import Reader
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Paging, begins_after, next_of, tell_next
from broker.web.api.frame.shape import Told
from broker.web.api.holding.grant_shapes import GrantList, GrantRow
from broker.web.api.holding.grant_told import grant_row
from broker.web.api.reviewing.narrowing import Narrowing, filters_of
from broker.web.api.reviewing.review_told import ReviewTold, review_told
from broker.web.parts import parts

history = Family("reviewing")
LOOKS = Door(roles=frozenset({Role.REVIEWER, Role.ADMIN}), scope="history:read", software=True)


class Narrowed(Paging, Narrowing):
    """Each narrows the list; both days are included, as days of the broker's time zone."""


class StoryStep(Told):
    """``at`` is None for what has no time yet; ``seq`` is the ledger entry it tells, None for what is to come.

    ``event`` is that entry's, empty without one.
    """

    at: datetime | None
    title: str
    text: str
    kind: str
    seq: int | None
    event: str


class AtAGlance(Told):
    """One figure of the story's first line; ``tone`` is plain, warn (the glass was broken) or stop (look at it)."""

    label: str = Field(examples=["Approved after"])
    value: str = Field(examples=["3 min"])
    tone: str


class StoryTold(Told):
    grant: GrantRow
    glance: list[AtAGlance]
    purpose: str
    reason: str
    note: str
    opens: list[str]
    because: list[str] = Field(
        examples=[["May be asked for by: Clinician.", "15 minutes of at most 1 hour."]]
    )
    extends: str | None
    extended_by: list[str]
    review: ReviewTold | None
    steps: list[StoryStep]


@history.get(
    "/history",
    "Search the history of access, newest first",
    LOOKS,
    leads_to={"show_story": {"grant_id": "$response.body#/items/0/id"}},
)
def search_history(call: Call, query: Narrowed) -> GrantList:
    filters = filters_of(query)
    place, zone = begins_after(query), parts().settings.zone
    with parts().store.read() as reader:
        after = place[0] if place else None
        page = history_page(reader, parts().catalog, filters, zone, after=after, most=query.limit)
    if page.next_after:
        tell_next(call, query, [page.next_after])
    return GrantList(items=[grant_row(row) for row in page.rows], next=next_of(call))


@history.get("/history/<grant_id>", "Read the story of one access", LOOKS)
def show_story(call: Call, grant_id: str) -> StoryTold:  # noqa: ARG001 - whoever came through the door may read all
    """From its ledger entries and its rows, in order."""
    with parts().store.read() as reader:
        return _told(reader, read_story(reader, parts().catalog, parts().equipment.notes, grant_id))


def _told(reader: Reader, story: Story) -> StoryTold:
    return StoryTold(
        grant=grant_row(story.row),
        glance=[
            AtAGlance(label=each.label, value=each.value, tone=each.tone)
            for each in at_a_glance(story, reader.at)
        ],
        purpose=story.row.purpose,
        reason=story.row.reason,
        note=story.note,
        opens=list(story.opens),
        because=list(story.because),
        extends=story.grant.extends_grant,
        extended_by=list(story.extended_by),
        review=review_told(story.review, story.review_note) if story.review else None,
        steps=[_step(step) for step in story.steps],
    )


def _step(step: Step) -> StoryStep:
    return StoryStep(
        at=step.at, title=step.title, text=step.text, kind=step.kind, seq=step.seq, event=step.event
    )
