"""The days a bundle of evidence is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement

from broker.errors import Invalid


@dataclass(frozen=True)
class Days:
    """Both are included, as days of UTC: auditors of several sites count the same ones."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends(self) -> datetime:
        """The first instant that no longer counts."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    def hold(self, column: ColumnElement[datetime]) -> ColumnElement[bool]:
        return (column >= self.begins) & (column < self.ends)


def days_of(first: str, last: str, now: datetime) -> Days:
    """From what was typed, such as 2026-03-01. Invalid by field."""
    begins, ends = _day("from", first), _day("to", last)
    if ends < begins:
        raise Invalid("These days cannot be answered for.", {"to": "This is before the first day."})
    if ends > now.astimezone(UTC).date():
        raise Invalid("These days cannot be answered for.", {"to": "Choose today or an earlier day."})
    return Days(begins, ends)


def _day(field: str, typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise Invalid("This is no day.", {field: "Write the day like 2026-03-01."}) from error
