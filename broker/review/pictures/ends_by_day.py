"""The ends of access by day: how many, how late, how many later than promised."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func

from broker.access.grant import Cause
from broker.access.tables import grants
from broker.review.history.local_hours import offset_seconds
from broker.review.pictures.counting import ALL, Question, epoch, floored
from broker.review.story.spans import DAY, PROMISED

# As many columns as a phone has room for.
MOST_COLUMNS = 45


@dataclass(frozen=True)
class Span:
    """One day, or several, the first being ``day``; ``slowest`` and ``usual`` (the mean) in seconds."""

    day: date
    days: int
    ends: int
    late: int
    slowest: float
    usual: float

    @property
    def named(self) -> str:
        if self.days == 1:
            return f"{self.day:%-d %b %Y}"
        return f"{self.day:%-d %b} to {self.day + timedelta(days=self.days - 1):%-d %b %Y}"


def seconds_late() -> ColumnElement[float]:
    """Of a grant that is gone: from the instant it was to end until it was seen to be gone."""
    of = grants.c
    due = case((of.cause == Cause.EXPIRED, of.expires_at), else_=func.coalesce(of.revoking_at, of.revoked_at))
    return epoch(of.revoked_at) - epoch(due)


def ends_by_day(question: Question) -> list[Span]:
    """In order; days without an end are not among them. Several days are one span where there are many."""
    late = seconds_late()
    begins, ends = question.filters.begins(question.zone), question.filters.ends(question.zone)
    days = _days(begins, ends or question.reader.at)
    local = epoch(grants.c.issued_at) + offset_seconds(grants.c.issued_at, question.zone, begins, ends)
    key = floored(local / (DAY * days)).label("span")
    counts: tuple[ColumnElement[Any], ...] = (
        ALL,
        func.sum(case((late > PROMISED, 1), else_=0)).label("late"),
        func.max(late).label("slowest"),
        func.avg(late).label("usual"),
    )
    rows = question.grouped([key], *counts, where=[grants.c.revoked_at.is_not(None)])
    epoch_day = date(1970, 1, 1)
    return sorted(
        (
            Span(
                epoch_day + timedelta(days=row.span * days),
                days,
                row.grants,
                row.late,
                max(float(row.slowest), 0.0),
                max(float(row.usual), 0.0),
            )
            for row in rows
        ),
        key=lambda each: each.day,
    )


def _days(begins: datetime | None, ends: datetime) -> int:
    """How many days are drawn as one, so that there is room for each column."""
    if begins is None:
        return 30
    return max(1, math.ceil((ends - begins).days / MOST_COLUMNS))
