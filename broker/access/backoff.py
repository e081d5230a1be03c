"""When to try a site again: soon at first, never given up, never in step with the others."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)
# How long a call may be under way before the sweep takes it for dead. Longer than a call waits for its
# answer, and no more: somebody may stand there waiting for access whose broker was killed in the middle.
IN_FLIGHT = timedelta(seconds=10)
# From this failed try on a revocation is called unconfirmed and somebody is told.
UNCONFIRMED_AFTER = 3


def delay(tries: int, spread: float) -> timedelta:
    """The pause after ``tries`` failed ones; ``spread`` in [0, 1) makes it up to half as long again."""
    doubled = FIRST * (2 ** min(max(tries - 1, 0), 16))
    pause: timedelta = min(doubled, LONGEST) * (1 + spread / 2)
    return pause
