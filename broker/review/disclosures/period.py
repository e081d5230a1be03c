"""The days an answer to a patient covers: as far back as policy reaches, and no further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from broker.errors import Invalid


@dataclass(frozen=True)
class Period:
    """Both days are included, as days of ``zone``."""

    first: date
    last: date
    zone: tzinfo

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.first, time.min, self.zone).astimezone(UTC)

    @property
    def ends_before(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone).astimezone(UTC)


def period_of(first: str, last: str, now: datetime, reach: timedelta, zone: tzinfo) -> Period:
    """From what was typed; empty is as far back as policy reaches, and today. Invalid by field."""
    today = now.astimezone(zone).date()
    earliest = today - reach
    begins, ends = _day("from", first) or earliest, _day("to", last) or today
    faults = {}
    if begins < earliest:
        faults["from"] = f"Policy reaches back to {earliest.isoformat()}. Choose that day or a later one."
    if ends > today:
        faults["to"] = "Choose today or an earlier day."
    if ends < begins:
        faults["to"] = "This is before the first day."
    if faults:
        raise Invalid("These days cannot be answered for.", faults)
    return Period(begins, ends, zone)


def _day(field: str, typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise Invalid("This is no day.", {field: "Write the day like 2026-03-01."}) from error
