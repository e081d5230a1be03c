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


class Kept(Generic[T]):
    def __init__(self, clock: Clock, fetch: Callable[[], T]) -> None:
        self._clock = clock
        self._fetch = fetch
        self._lock = threading.Lock()
        self._value: T | None = None
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._error = ProviderSilent()

    def get(self, *, again: bool = False) -> T:
        """The value; fetched anew when it is old, or ``again`` and nobody did a moment ago. ProviderSilent."""
        with self._lock:
            now = self._clock.now()
            if again or not self._younger(self._fetched_at, FRESH, now):
                self._refresh(now)
            if self._value is None or not self._younger(self._fetched_at, STALE, now):
                raise self._error
            return self._value

    def _refresh(self, now: datetime) -> None:
        if self._younger(self._tried_at, PAUSE, now):
            return
        self._tried_at = now
        try:
            self._value, self._fetched_at = self._fetch(), now
        except ProviderSilent as error:
            self._error = error

    @staticmethod
    def _younger(at: datetime | None, limit: timedelta, now: datetime) -> bool:
        return at is not None and now - at < limit
