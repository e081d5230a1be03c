"""The only place that asks what time it is, or for randomness that names things."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, never earlier than any instant it answered before."""
        ...

    def wall(self) -> datetime:
        """UTC as the machine believes it now, for codes computed on a phone."""
        ...


class SystemClock:
    """The machine's clock, carried on by the monotonic one when somebody sets it back.

    A grant that ended must not revive because the wall clock went backwards, and
    a grant that lives must not live longer because time seems to stand still: so
    after a step back the broker's time goes on at the pace of the monotonic
    clock. ``floor`` is the latest instant an earlier process wrote down.
    """

    def __init__(self, floor: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._anchor = max(self.wall(), floor) if floor else self.wall()
        self._anchor_tick = time.monotonic()

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def raise_floor(self, floor: datetime) -> None:
        """From now on never answer an instant before ``floor``."""
        with self._lock:
            if floor > self._carried():
                self._anchor, self._anchor_tick = floor, time.monotonic()

    def now(self) -> datetime:
        with self._lock:
            carried, wall = self._carried(), self.wall()
            if wall >= carried:
                self._anchor, self._anchor_tick = wall, time.monotonic()
                return wall
            return carried

    def _carried(self) -> datetime:
        return self._anchor + timedelta(seconds=time.monotonic() - self._anchor_tick)


class SettableClock:
    """A clock a test or a drill turns by hand; ``now`` still never goes back."""

    def __init__(self, start: datetime) -> None:
        self._wall = start
        self._latest = start

    def now(self) -> datetime:
        self._latest = max(self._latest, self._wall)
        return self._latest

    def wall(self) -> datetime:
        return self._wall

    def advance(self, **delta: float) -> datetime:
        """Turn by ``timedelta(**delta)``, backwards too, and answer ``now()``."""
        self._wall += timedelta(**delta)
        return self.now()


def new_id(prefix: str) -> str:
    """An opaque id such as ``grant_1f0c...``: 80 random bits, safe in URLs, logs and mail."""
    return f"{prefix}_{secrets.token_hex(10)}"


def jitter() -> float:
    """A number in [0, 1) that spreads retries, so that many nodes do not knock at once."""
    return secrets.randbelow(1_000_000) / 1_000_000
