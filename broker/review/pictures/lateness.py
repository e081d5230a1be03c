"""How long after its end access was gone: read back from the site, not only told to go."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func

from broker.access.grant import Cause
from broker.access.tables import grants
from broker.review.history.filters import Filters
from broker.review.history.local_hours import offset_seconds
from broker.review.pictures.counting import ALL, Question, epoch, floored
from broker.review.pictures.drawing import (
    WIDTH,
    Line,
    Link,
    Mark,
    Picture,
    Rect,
    Text,
    counted,
    linked,
    share,
)
from broker.review.story.spans import DAY, PROMISED, in_words

MOST_COLUMNS = 45
_TITLE = "Access gone after its end"
LEFT, TOP, TALL = 44.0, 10.0, 150.0
HEIGHT = TOP + TALL + 24
# Seconds; each line of the scale is ten times or so the one below.
SCALE = ((0.1, "0.1 s"), (1.0, "1 s"), (10.0, "10 s"), (60.0, "1 min"), (3600.0, "1 h"), (86_400.0, "1 day"))
LOWEST = SCALE[0][0]


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


def lateness(question: Question, link: Link) -> Picture:
    spans = _spans(question)
    whole, late = sum(each.ends for each in spans), sum(each.late for each in spans)
    if not whole:
        return Picture("lateness", _TITLE, "No access came to its end in this time.")
    return Picture(
        "lateness",
        _TITLE,
        _finding(spans, whole, late),
        HEIGHT,
        tuple(_marks(spans, question.filters, link)),
        {
            "plain": "Slowest end",
            "late": "Later than promised",
            "promise": f"Promised: {PROMISED:.0f} seconds",
        },
        ("Granted", "Ends", "Late", "Slowest", "Mean"),
        tuple(
            linked(
                each.named,
                link(_narrowed(question.filters, each)),
                (f"{each.ends:,}", f"{each.late:,}", in_words(each.slowest), in_words(each.usual)),
            )
            for each in spans
        ),
    )


def seconds_late() -> ColumnElement[float]:
    """Of a grant that is gone: from the instant it was to end until it was seen to be gone."""
    of = grants.c
    due = case((of.cause == Cause.EXPIRED, of.expires_at), else_=func.coalesce(of.revoking_at, of.revoked_at))
    return epoch(of.revoked_at) - epoch(due)


def _spans(question: Question) -> list[Span]:
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


def _finding(spans: Sequence[Span], whole: int, late: int) -> str:
    slowest = max(spans, key=lambda each: each.slowest)
    said = f"Of {counted(whole, 'end')} of access, {share(whole - late, whole)} were confirmed within the promised {PROMISED:.0f} seconds."
    return f"{said} The slowest took {in_words(slowest.slowest)} ({slowest.named})."


def _marks(spans: Sequence[Span], filters: Filters, link: Link) -> Iterator[Mark]:
    for seconds, name in SCALE:
        yield Line(LEFT, _y(seconds), WIDTH, _y(seconds), "grid")
        yield Text(LEFT - 6, _y(seconds) + 4, name, "end", "promised" if seconds == PROMISED else "tick")
    first, last = spans[0], spans[-1]
    room = (last.day - first.day).days // first.days + 1
    wide = min((WIDTH - LEFT) / room, 40.0)
    for each in spans:
        place = (each.day - first.day).days // each.days
        yield _column(each, LEFT + place * wide, wide, link(_narrowed(filters, each)))
    yield Line(LEFT, _y(PROMISED), WIDTH, _y(PROMISED), "promise")
    yield Text(LEFT, HEIGHT - 6, f"{first.day:%-d %b}", tone="tick")
    if room > 3:  # noqa: PLR2004
        yield Text(min(LEFT + room * wide, WIDTH), HEIGHT - 6, f"{last.day:%-d %b}", "end", "tick")


def _column(span: Span, left: float, wide: float, href: str) -> Rect:
    top = _y(span.slowest)
    says = f"{span.named}: {counted(span.ends, 'end')}, slowest {in_words(span.slowest)}, {span.late:,} later than promised"
    gap = min(2.0, wide / 4)
    tall = max(TOP + TALL - top, 2.0)
    return Rect(
        left + gap / 2, TOP + TALL - tall, wide - gap, tall, "late" if span.late else "plain", says, href
    )


def _y(seconds: float) -> float:
    lowest, highest = math.log10(LOWEST), math.log10(SCALE[-1][0])
    part = (math.log10(min(max(seconds, LOWEST), SCALE[-1][0])) - lowest) / (highest - lowest)
    return TOP + TALL * (1 - part)


def _narrowed(filters: Filters, span: Span) -> Filters:
    last = span.day + timedelta(days=span.days - 1)
    first = max(span.day, filters.first_day) if filters.first_day else span.day
    return replace(
        filters, first_day=first, last_day=min(last, filters.last_day) if filters.last_day else last
    )
