"""How a time is written: local with its zone, UTC on hover, minutes left for what ends."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from flask import Flask

from broker.web.parts import parts

SECONDS_PER_MINUTE = 60


def local(at: datetime) -> str:
    """``1 Mar 2026, 13:00 CET``."""
    here = at.astimezone(parts().settings.zone)
    return f"{here.day} {here:%b %Y, %H:%M} {here.tzname()}"


def clock(at: datetime) -> str:
    """``13:00 CET``."""
    here = at.astimezone(parts().settings.zone)
    return f"{here:%H:%M} {here.tzname()}"


def utc(at: datetime) -> str:
    """``2026-03-01 12:00:00 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso(at: datetime) -> str:
    """``2026-03-01T12:00:00Z``."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds_left(ends_at: datetime) -> int:
    return max(0, math.ceil((ends_at - parts().clock.now()).total_seconds()))


def minutes_left(ends_at: datetime) -> str:
    """``12 minutes left``, never more than there is; ``ended`` at the end."""
    seconds = seconds_left(ends_at)
    if seconds == 0:
        return "ended"
    if seconds >= SECONDS_PER_MINUTE:
        return f"{_counted(seconds // SECONDS_PER_MINUTE, 'minute')} left"
    return f"{_counted(seconds, 'second')} left"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def teach_times(app: Flask) -> None:
    """Make the functions above filters of every template."""
    for write in (local, clock, utc, iso, seconds_left, minutes_left):
        app.add_template_filter(write)
