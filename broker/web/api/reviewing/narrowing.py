"""What a history can be narrowed by, in a query or in a body."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict, Field

from broker.review.history.filter_words import CODE_PATTERN, HOURS
from broker.review.history.filters import Filters, Shown, Weekday
from broker.web.api.frame.shape import Given, Opaque


class Narrowing(Given):
    """Each narrows. Days and hours are those of the broker's time zone, both days included, ``before_hour`` not."""

    model_config = ConfigDict(populate_by_name=True)

    person: Opaque | None = None
    patient: Opaque | None = Field(default=None, description="the broker's own id of the patient")
    site: Opaque | None = None
    state: Shown | None = None
    first_day: date | None = Field(default=None, alias="from", examples=["2026-03-01"])
    last_day: date | None = Field(default=None, alias="to", examples=["2026-03-31"])
    break_glass: bool = False
    entitlement: str | None = Field(default=None, pattern=CODE_PATTERN, examples=["telehealth-recording"])
    purpose: str | None = Field(default=None, pattern=CODE_PATTERN, examples=["ETREAT"])
    reason: str | None = Field(default=None, pattern=CODE_PATTERN, examples=["unresponsive"])
    approver: Opaque | None = None
    review: str | None = Field(
        default=None,
        pattern=CODE_PATTERN,
        examples=["overdue"],
        description="an outcome, due, overdue, or none (none was owed)",
    )
    weekday: Weekday | None = None
    earliest_hour: int | None = Field(default=None, ge=0, lt=HOURS)
    before_hour: int | None = Field(default=None, ge=0, lt=HOURS)
    oldest_first: bool = False


def filters_of(narrowing: Narrowing) -> Filters:
    """The same question as the page's address asks; Invalid where two of its parts do not go together."""
    known = narrowing.model_dump(by_alias=True, include=set(Narrowing.model_fields))
    return Filters.from_query({name: _written(known[name]) for name in known if _narrows(known[name])})


def _narrows(value: object) -> bool:
    # Hour 0 does; a flag that is not set does not.
    return value is not None and value is not False


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
