"""How long after its end access was gone: read back from the site, not only told to go."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from broker.review.history.filters import Filters
from broker.review.pictures.counting import Question
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
from broker.review.pictures.ends_by_day import Span, ends_by_day
from broker.review.story.spans import PROMISED, in_words

_TITLE = "Access gone after its end"
LEFT, TOP, TALL = 44.0, 10.0, 150.0
HEIGHT = TOP + TALL + 24
# Seconds; each line of the scale is ten times or so the one below.
SCALE = ((0.1, "0.1 s"), (1.0, "1 s"), (10.0, "10 s"), (60.0, "1 min"), (3600.0, "1 h"), (86_400.0, "1 day"))
LOWEST = SCALE[0][0]


def lateness(question: Question, link: Link) -> Picture:
    spans = ends_by_day(question)
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
