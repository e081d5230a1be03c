"""Spans of time as people tell them."""

from __future__ import annotations

# Access is gone so many seconds after its end, or a site or the broker was in trouble: five rounds of the sweep.
PROMISED = 10.0
DAY, HOUR, MINUTE = 86_400, 3_600, 60
_LEAST = ((2 * DAY, DAY, "days"), (1.5 * HOUR, HOUR, "h"), (1.5 * MINUTE, MINUTE, "min"))


def in_words(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min``, ``2.5 h``, ``3 days``."""
    for least, unit, name in _LEAST:
        if seconds >= least:
            return f"{seconds / unit:.1f} {name}".replace(".0 ", " ")
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - one figure after the point is plenty
