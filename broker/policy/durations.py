"""Durations as a policy writes them (``15m``, ``1h30m``, ``7d``) and as people read them."""

from __future__ import annotations

import re
from datetime import timedelta

PATTERN = r"^(?=.)([0-9]{1,4}d)?([0-9]{1,4}h)?([0-9]{1,5}m)?$"
EXPECTED = "write a duration with its unit, such as 15m, 1h, 1h30m or 7d"
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def parse_duration(written: object) -> timedelta:
    """The duration, longer than nothing; whole minutes. Raises ValueError with a sentence."""
    if isinstance(written, timedelta):
        return written
    found = re.fullmatch(PATTERN, written) if isinstance(written, str) else None
    if found is None:
        raise ValueError(f"{shown(written)} is not a duration: {EXPECTED}")
    days, hours, minutes = (int(part[:-1]) if part else 0 for part in found.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes)
    if not length:
        raise ValueError(f"{shown(written)} lasts no time at all: {EXPECTED}")
    return length


def in_words(length: timedelta) -> str:
    """``90 minutes`` as ``1 hour 30 minutes``; a single day stays ``24 hours``, as clinics say it."""
    left = max(0, int(length.total_seconds()))
    parts = []
    for name, seconds in _UNITS:
        if name == "day" and left < 2 * seconds:
            continue
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {name}{'s' if count != 1 else ''}")
    return " ".join(parts) or "no time"


def shown(written: object) -> str:
    """A value as a fault quotes it, kept short."""
    return f'"{str(written)[:60]}"'
