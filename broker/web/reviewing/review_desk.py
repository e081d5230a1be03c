"""What one reviewer may do with one review, for the page that tells the grant's story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.access.grant import Grant
from broker.errors import Refused
from broker.identity.people import Person, Role, by_id
from broker.review.queue.assign import may_be_assigned
from broker.review.queue.owed import Review, ReviewState
from broker.review.queue.reopen import why_not_reopen
from broker.review.queue.who_may_sign import check_may_sign
from broker.store import Reader

ANYBODY = ("", "Anybody")


@dataclass(frozen=True)
class ReviewDesk:
    """``hindrance`` says why an open review is not for this reviewer. ``choices`` are who may be asked to
    sign it, (value, text), empty where this reviewer may not choose.
    """

    review: Review
    may_sign: bool
    hindrance: str
    second: bool
    assignee: str
    mine: bool
    choices: tuple[tuple[str, str], ...]
    may_reopen: bool
    may_ask_second: bool
    disputed: bool

    @property
    def values(self) -> Mapping[str, str]:
        """What the form that assigns it shows as chosen."""
        return {"to": self.review.assigned_to or ""}


def review_desk(reader: Reader, viewer: Person, grant: Grant, review: Review | None) -> ReviewDesk | None:
    """None where no review was ever owed."""
    if review is None:
        return None
    hindrance = _hindrance(reader, viewer, grant) if review.is_open else ""
    again = not review.is_open and not why_not_reopen(viewer, grant.person_id)
    return ReviewDesk(
        review=review,
        may_sign=review.is_open and not hindrance,
        hindrance=hindrance,
        second=review.state is ReviewState.SECOND,
        assignee=by_id(reader, review.assigned_to).name if review.assigned_to else "",
        mine=review.assigned_to == viewer.id,
        choices=_choices(reader, viewer, grant, review),
        may_reopen=again,
        may_ask_second=again and review.first_by is None,
        disputed=review.is_disputed,
    )


def _choices(reader: Reader, viewer: Person, grant: Grant, review: Review) -> tuple[tuple[str, str], ...]:
    if not review.is_open or not viewer.is_(Role.REVIEWER):
        return ()
    able = may_be_assigned(reader, grant, review)
    if viewer.id not in {each.id for each in able} and viewer.id != review.first_by:
        return ()
    return (ANYBODY, *((each.id, each.name) for each in able))


def _hindrance(reader: Reader, viewer: Person, grant: Grant) -> str:
    try:
        check_may_sign(reader, viewer, grant)
    except Refused as error:
        return str(error)
    return ""
