"""What a reviewer looks for, as it stands in the address of the page: our own ids, and nothing typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from broker.access.grant import GrantState
from broker.errors import Invalid

_ID = re.compile(r"[a-z][a-z0-9_-]{0,79}")


class Shown(StrEnum):
    """The states a history can be narrowed to: a grant's own, and revocations a site would not confirm."""

    ISSUED = GrantState.ISSUED
    ACTIVATING = GrantState.ACTIVATING
    ACTIVE = GrantState.ACTIVE
    REVOKING = GrantState.REVOKING
    UNCONFIRMED = "unconfirmed"
    REVOKED = GrantState.REVOKED


@dataclass(frozen=True)
class Filters:
    """Empty fields narrow nothing. Both days are included, as days of the zone they are read in."""

    person: str | None = None
    patient: str | None = None
    site: str | None = None
    state: Shown | None = None
    first_day: date | None = None
    last_day: date | None = None
    break_glass: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        """The inverse of ``to_query``; keys it does not know are left alone. Invalid with a fault for each bad one."""
        faults: dict[str, str] = {}
        found = cls(
            person=_id(query, "person", faults),
            patient=_id(query, "patient", faults),
            site=_id(query, "site", faults),
            state=_state(query, faults),
            first_day=_day(query, "from", faults),
            last_day=_day(query, "to", faults),
            break_glass=bool(query.get("break_glass")),
        )
        if found.first_day and found.last_day and found.first_day > found.last_day:
            faults["to"] = "This day is before the first one."
        if faults:
            raise Invalid("The history cannot be narrowed like this.", faults)
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
        }
        return {name: str(value) for name, value in written.items() if value}

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


def _id(query: Mapping[str, str], name: str, faults: dict[str, str]) -> str | None:
    written = query.get(name, "")
    if written and not _ID.fullmatch(written):
        faults[name] = "This is not one of the broker's own ids. Choose again."
        return None
    return written or None


def _state(query: Mapping[str, str], faults: dict[str, str]) -> Shown | None:
    written = query.get("state", "")
    if written and written not in set(Shown):
        faults["state"] = "There is no such state. Choose one from the list."
        return None
    return Shown(written) if written else None


def _day(query: Mapping[str, str], name: str, faults: dict[str, str]) -> date | None:
    written = query.get(name, "").strip()
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        faults[name] = "Write the day as year-month-day, such as 2026-03-01."
        return None
