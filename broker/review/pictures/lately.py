"""Which days are drawn where nobody asked for any."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, tzinfo

from broker.review.history.filters import Filters
from broker.review.history.page import count_up_to
from broker.store import Reader

# Long enough for habits to show, short enough to be about now; less where there is so much that counting would take long.
DAYS = (90, 30, 7, 1)
MANY = 50_000


def lately(reader: Reader, filters: Filters, zone: tzinfo, *, many: int = MANY) -> Filters:
    """``filters`` with days: their own, or the longest of DAYS up to today with fewer than ``many`` grants."""
    if filters.first_day or filters.last_day:
        return filters
    today = reader.at.astimezone(zone).date()
    spans = [replace(filters, first_day=today - timedelta(days=n - 1), last_day=today) for n in DAYS]
    few = (each for each in spans if count_up_to(reader, each, zone, many) < many)
    return next(few, spans[-1])
