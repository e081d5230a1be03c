"""What a reviewer looks for, as it stands in the address of the page: our own ids, and nothing typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from broker.access.grant import GrantState
from broker.errors import Invalid
from broker.review.history.filter_words import Words


class Shown(StrEnum):
    """The states a history can be narrowed to: a grant's own, and revocations a site would not confirm."""

    ISSUED = GrantState.ISSUED
    ACTIVATING = GrantState.ACTIVATING
    ACTIVE = GrantState.ACTIVE
    REVOKING = GrantState.REVOKING
    UNCONFIRMED = "unconfirmed"
    REVOKED = GrantState.REVOKED


class Weekday(StrEnum):
    """A day of the clinic's week, the first one Monday."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True)
class Filters:
    """Empty fields narrow nothing. Days and hours are those of the zone they are read in; both days are included.

    ``earliest_hour`` counts, ``before_hour`` no longer does; where it is not later, the hours span midnight.
    ``review`` is an outcome, ``due``, ``overdue`` or ``none``. ``oldest_first`` is an order and narrows nothing.
    """

    person: str | None = None
    patient: str | None = None
    site: str | None = None
    state: Shown | None = None
    first_day: date | None = None
    last_day: date | None = None
    break_glass: bool = False
    entitlement: str | None = None
    purpose: str | None = None
    reason: str | None = None
    approver: str | None = None
    review: str | None = None
    weekday: Weekday | None = None
    earliest_hour: int | None = None
    before_hour: int | None = None
    oldest_first: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        """The inverse of ``to_query``; keys it does not know are left alone. Invalid with a fault for each bad one."""
        words = Words(query)
        found = cls(
            person=words.own_id("person"),
            patient=words.own_id("patient"),
            site=words.own_id("site"),
            state=words.one_of("state", Shown),
            first_day=words.day("from"),
            last_day=words.day("to"),
            break_glass=words.is_ticked("break_glass"),
            entitlement=words.code("entitlement"),
            purpose=words.code("purpose"),
            reason=words.code("reason"),
            approver=words.own_id("approver"),
            review=words.code("review"),
            weekday=words.one_of("weekday", Weekday),
            earliest_hour=words.hour("earliest_hour"),
            before_hour=words.hour("before_hour"),
            oldest_first=words.is_ticked("oldest_first"),
        )
        if found.first_day and found.last_day and found.first_day > found.last_day:
            words.faults["to"] = "This day is before the first one."
        if words.faults:
            raise Invalid("The history cannot be narrowed like this.", words.faults)
        return found

    def to_query(self) -> dict[str, str]:
        """Only what narrows something, in one order, so that the same question has one address."""
        written = {
            "person": self.person,
            "patient": self.patient,
            "site": self.site,
            "state": self.state,
            "from": self.first_day.isoformat() if self.first_day else None,
            "to": self.last_day.isoformat() if self.last_day else None,
            "break_glass": "yes" if self.break_glass else None,
            "entitlement": self.entitlement,
            "purpose": self.purpose,
            "reason": self.reason,
            "approver": self.approver,
            "review": self.review,
            "weekday": self.weekday,
            "earliest_hour": self.earliest_hour,
            "before_hour": self.before_hour,
            "oldest_first": "yes" if self.oldest_first else None,
        }
        return {name: str(value) for name, value in written.items() if value not in {None, ""}}

    def begins(self, zone: tzinfo) -> datetime | None:
        """The first instant that counts, UTC."""
        return _midnight(self.first_day, zone) if self.first_day else None

    def ends(self, zone: tzinfo) -> datetime | None:
        """The first instant that no longer counts, UTC."""
        if self.last_day is None or self.last_day == date.max:
            return None
        return _midnight(self.last_day + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # the year 1, east of Greenwich
        return datetime.min.replace(tzinfo=UTC)
