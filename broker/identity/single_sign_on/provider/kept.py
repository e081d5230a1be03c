"""Something fetched from elsewhere and kept for a while, longer while it cannot be fetched again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from broker.clock import Clock
from broker.identity.single_sign_on.refused import ProviderSilent

T = TypeVar("T")

FRESH = timedelta(hours=1)
# A provider that is down for a night must not keep people from being signed out by it the next morning.
STALE = timedelta(hours=24)
# Nobody asks more often, however many want to know: made-up key ids must not become a flood.
PAUSE = timedelta(seconds=10)
# How long somebody waits for what another is fetching already, where there is nothing to go by yet.
PATIENCE = timedelta(seconds=3)


class Kept(Generic[T]):
    """One thread asks at a time, and no other waits for it as long as there is something to go by."""

    def __init__(self, clock: Clock, fetch: Callable[[], T]) -> None:
        self._clock = clock
        self._fetch = fetch
        self._changed = threading.Condition()
        self._value: T | None = None
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching = False
        self._error = ProviderSilent()

    def get(self, *, again: bool = False) -> T:
        """The value; fetched anew when it is old, or ``again`` and nobody did a moment ago. ProviderSilent."""
        now = self._clock.now()
        if self._is_mine_to_fetch(now, again=again):
            self._refresh(now)
        with self._changed:
            if not self._usable(now):
                self._changed.wait_for(lambda: not self._fetching, PATIENCE.total_seconds())
            if self._value is None or not self._usable(now):
                raise self._error
            return self._value

    def _is_mine_to_fetch(self, now: datetime, *, again: bool) -> bool:
        with self._changed:
            wanted = again or not _younger(self._fetched_at, FRESH, now)
            mine = wanted and not self._fetching and not _younger(self._tried_at, PAUSE, now)
            if mine:
                self._fetching, self._tried_at = True, now
            return mine

    def _refresh(self, now: datetime) -> None:
        try:
            value = self._fetch()
        except ProviderSilent as error:
            with self._changed:
                self._error = error
        else:
            with self._changed:
                self._value, self._fetched_at = value, now
        finally:
            with self._changed:
                self._fetching = False
                self._changed.notify_all()

    def _usable(self, now: datetime) -> bool:
        return self._value is not None and _younger(self._fetched_at, STALE, now)


def _younger(at: datetime | None, limit: timedelta, now: datetime) -> bool:
    return at is not None and now - at < limit
