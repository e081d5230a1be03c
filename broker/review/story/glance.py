"""A grant's story in a line of figures: how long was waited, how it was used, how it ended, who looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from broker.access.grant import Cause
from broker.policy.decision import Path
from broker.review.story.spans import PROMISED, in_words
from broker.review.story.timeline import Story

# What a person really did with the access.
_USES = ("site.event", "link.exchanged", "token.issued")
_ENDS = {
    Cause.EXPIRED: "expired",
    Cause.HANDED_BACK: "handed back",
    Cause.ENDED_BY_SECURITY: "ended by security",
    Cause.PUSH_REFUSED: "refused by the site",
}


@dataclass(frozen=True)
class Figure:
    """``tone`` is plain, warn (break-glass alone) or stop (somebody should look)."""

    label: str
    value: str
    tone: str = "plain"


def at_a_glance(story: Story, now: datetime) -> tuple[Figure, ...]:
    """In the order it happened; what has not happened yet is left out."""
    return (*_given(story), *_used(story), *_ended(story, now), *_reviewed(story, now))


def _given(story: Story) -> Iterator[Figure]:
    grant, request = story.grant, story.request
    waited = _between(request.asked_at, grant.issued_at)
    if request.path == Path.BREAK_GLASS:
        yield Figure("Approved by", "nobody, glass broken", "warn")
    elif request.approvals_needed:
        yield Figure("Approved after", waited)
    else:
        yield Figure("Approved by", "policy, at once")
    if grant.active_at:
        yield Figure("Live after", _between(grant.issued_at, grant.active_at))


def _used(story: Story) -> Iterator[Figure]:
    uses = sum(step.event in _USES and step.kind == "done" for step in story.steps)
    refused = sum(
        step.event in {"site.event", "link.refused"} and step.kind == "stop" for step in story.steps
    )
    if story.grant.active_at:
        yield Figure("Used", "never" if not uses else "once" if uses == 1 else f"{uses} times")
    if refused:
        yield Figure("Refused inside", "once" if refused == 1 else f"{refused} times", "stop")


def _ended(story: Story, now: datetime) -> Iterator[Figure]:
    grant = story.grant
    if grant.cause is not None:
        yield Figure(
            "Ended", _ENDS[grant.cause], "stop" if grant.cause is Cause.ENDED_BY_SECURITY else "plain"
        )
    due = grant.expires_at if grant.cause is Cause.EXPIRED else grant.revoking_at or grant.revoked_at
    if grant.revoked_at and due:
        late = (grant.revoked_at - due).total_seconds()
        yield Figure(
            "Gone", f"{in_words(max(late, 0.0))} after its end", "stop" if late > PROMISED else "plain"
        )
    elif due and due <= now:
        yield Figure("Gone", f"not confirmed for {_between(due, now)}", "stop")


def _reviewed(story: Story, now: datetime) -> Iterator[Figure]:
    review = story.review
    if review is None:
        return
    if review.outcome is not None and not review.is_open:
        yield Figure("Review", review.outcome.value, "plain" if review.outcome == "appropriate" else "stop")
    elif review.is_overdue(now):
        yield Figure("Review", f"overdue for {_between(review.due_at, now)}", "stop")
    else:
        yield Figure("Review", f"due in {_between(now, review.due_at)}")


def _between(begin: datetime, end: datetime) -> str:
    return in_words(max((end - begin).total_seconds(), 0.0))
