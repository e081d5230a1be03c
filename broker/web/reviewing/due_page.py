"""The list of reviews that are due, narrowed and a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.identity.people import Person
from broker.review.queue.open_reviews import MOST_SHOWN, OpenReview, Which, count_open, open_reviews
from broker.store import Reader
from broker.web.parts import parts

NARROWER = (
    (Which.ALL, "All"),
    (Which.MINE, "Mine"),
    (Which.UNASSIGNED, "Unassigned"),
    (Which.OVERDUE, "Overdue"),
    (Which.SECOND, "Second opinion wanted"),
)


@dataclass(frozen=True)
class Due:
    """A page of the list. ``narrower``: what it can be narrowed to, (value, text, how many); ``count`` is of this one."""

    which: Which
    narrower: tuple[tuple[Which, str, int], ...]
    reviews: tuple[OpenReview, ...]
    count: int
    first_page: bool
    next: str | None


def due_page(reader: Reader, viewer: Person, query: Mapping[str, str]) -> Due:
    """The part of the list an address asks for; one that somebody made up begins at the beginning."""
    which, after = _which(query), _after(query)
    shown = open_reviews(
        reader,
        parts().catalog,
        parts().equipment.notes,
        viewer,
        which=which,
        after=after,
        most=MOST_SHOWN + 1,
    )
    page = shown[:MOST_SHOWN]
    counts = {each: count_open(reader, each, viewer) for each, _ in NARROWER}
    return Due(
        which=which,
        narrower=tuple((each, words, counts[each]) for each, words in NARROWER),
        reviews=page,
        count=counts[which],
        first_page=after is None,
        next=f"{page[-1].due_at.isoformat()},{page[-1].row.grant_id}" if len(shown) > MOST_SHOWN else None,
    )


def _which(query: Mapping[str, str]) -> Which:
    try:
        return Which(query.get("show", Which.ALL))
    except ValueError:
        return Which.ALL


def _after(query: Mapping[str, str]) -> tuple[datetime, str] | None:
    due_at, _, grant_id = query.get("after", "").partition(",")
    try:
        at = datetime.fromisoformat(due_at.replace(" ", "+"))
    except ValueError:
        return None
    return None if at.tzinfo is None else (at, grant_id)
