"""How much one caller may ask for in a while.

Only callers that proved who they are have a count of their own, so nobody uses up another's, and nothing that
ends access asks here at all. A count kept elsewhere (Redis) that does not answer limits nobody by itself:
until it is back this process counts alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from flask import current_app
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import ConfigurationError as NoSuchStorage
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from werkzeug.exceptions import TooManyRequests

from broker.clock import SystemClock
from broker.errors import ConfigurationError

IN_THIS_PROCESS = "memory://"
_KNOWN = ("redis://", "rediss://", "redis+unix://")
_ANSWERS_WITHIN = 0.3
_LEFT_ALONE = timedelta(seconds=10)
_EXTENSION = "broker.limits"

log = structlog.get_logger("broker.limits")


@dataclass(frozen=True)
class Rate:
    """So many times a minute, counted by ``name``."""

    name: str
    a_minute: int

    @property
    def item(self) -> RateLimitItem:
        return RateLimitItemPerMinute(self.a_minute, namespace=f"broker:{self.name}")


# Nobody fills in the form so often; whoever has taken a session over might.
REQUEST_FORMS = Rate("request forms", 20)
# A portal of a large hospital asks for a token for each look somebody takes.
TOKENS = Rate("tokens", 600)
# Answers that a token is good are never counted: whoever sends junk to a resource server keeps nobody out.
INACTIVE_ANSWERS = Rate("inactive tokens", 600)


class Limits:
    """Counts in the store at ``url``: ``memory://``, or ``redis://`` where several processes are to count as one."""

    def __init__(self, url: str) -> None:
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        # The library counts by the machine's own time, whatever the broker's is.
        self._clock = SystemClock()
        self._away_until: datetime | None = None
        self._shared = None if url == IN_THIS_PROCESS else SlidingWindowCounterRateLimiter(_storage(url))

    def spend(self, rate: Rate, caller: str) -> None:
        """Count one; TooManyRequests with Retry-After once ``caller`` has used up a minute's worth."""
        counter = self._counter()
        try:
            self._spend(counter, rate.item, caller)
        except StorageError:
            self._away_until = self._clock.wall() + _LEFT_ALONE
            log.warning("limits_store_away")
            self._spend(self._alone, rate.item, caller)

    def left(self, rate: Rate, caller: str) -> tuple[int, int]:
        """How many more ``caller`` may ask for now, and the seconds until the next of them is free again."""
        try:
            window = self._counter().get_window_stats(rate.item, caller)
        except StorageError:
            window = self._alone.get_window_stats(rate.item, caller)
        return max(window.remaining, 0), max(math.ceil(window.reset_time - self._clock.wall().timestamp()), 0)

    def _spend(self, counter: SlidingWindowCounterRateLimiter, item: RateLimitItem, caller: str) -> None:
        if counter.hit(item, caller):
            return
        free_again = counter.get_window_stats(item, caller).reset_time
        wait = math.ceil(free_again - self._clock.wall().timestamp())
        raise TooManyRequests(retry_after=min(max(wait, 1), item.get_expiry()))

    def _counter(self) -> SlidingWindowCounterRateLimiter:
        away = self._away_until is not None and self._clock.wall() < self._away_until
        return self._alone if self._shared is None or away else self._shared


def set_limits(current: Limits, extensions: dict[str, object]) -> None:
    extensions[_EXTENSION] = current


def limits() -> Limits:
    """The counts of the application that answers this request."""
    return cast("Limits", current_app.extensions[_EXTENSION])


def _storage(url: str) -> Storage:
    if not url.startswith(_KNOWN):
        raise _unknown()
    within = {"socket_timeout": _ANSWERS_WITHIN, "socket_connect_timeout": _ANSWERS_WITHIN}
    try:
        return cast("Storage", storage_from_string(url, wrap_exceptions=True, **within))
    except (NoSuchStorage, ValueError):
        # From None: a password may stand in the address.
        raise _unknown() from None


def _unknown() -> ConfigurationError:
    return ConfigurationError(
        "BROKER_LIMITS_URL names no store that requests can be counted in.",
        help="Use memory:// or redis://HOST:PORT/NUMBER, and for that install the extra: redis",
    )
