"""Grants by hour of the week: when people need to get in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from broker.access.tables import grants
from broker.review.history.filter_words import HOURS
from broker.review.history.filters import Filters, Weekday
from broker.review.history.local_hours import local_hour, local_weekday
from broker.review.pictures.counting import ALL, BROKEN, Question
from broker.review.pictures.drawing import WIDTH, Link, Mark, Picture, Rect, Text, counted, linked, share

LEFT, TOP, ROW = 34.0, 18.0, 20.0
COLUMN = (WIDTH - LEFT) / HOURS
SMALLEST, LARGEST = 3.0, 13.0
TONES = 4
NIGHT = frozenset({20, 21, 22, 23, 0, 1, 2, 3, 4, 5})
_DAYS = tuple(Weekday)

Counts = Mapping[tuple[int, int], tuple[int, int]]
"""(grants, of them with the glass broken) by weekday and hour."""


def by_hour(question: Question, link: Link) -> Picture:
    counts = _counts(question)
    whole = sum(all_ for all_, _ in counts.values())
    if not whole:
        return Picture("hours", "Hours of the week", "No access was granted in this time.")
    return Picture(
        "hours",
        "Hours of the week",
        _finding(counts, whole),
        TOP + len(_DAYS) * ROW,
        tuple(_marks(counts, question.filters, link)),
        heads=("Hour", "Grants", "Glass broken"),
        rows=tuple(
            linked(_named(key), link(_narrowed(question.filters, key)), (f"{all_:,}", f"{broken:,}"))
            for key, (all_, broken) in sorted(counts.items())
        ),
    )


def _counts(question: Question) -> Counts:
    span = (question.filters.begins(question.zone), question.filters.ends(question.zone))
    at = grants.c.issued_at
    keys = [
        local_weekday(at, question.zone, *span).label("weekday"),
        local_hour(at, question.zone, *span).label("hour"),
    ]
    return {(row.weekday, row.hour): (row.grants, row.broken) for row in question.grouped(keys, ALL, BROKEN)}


def _finding(counts: Counts, whole: int) -> str:
    most = max(counts, key=lambda key: (counts[key][0], -key[0], -key[1]))
    at_night = sum(all_ for (_, hour), (all_, _) in counts.items() if hour in NIGHT)
    busiest = f"Busiest is {_named(most)}, with {counted(counts[most][0], 'grant')} of {whole:,}."
    return f"{busiest} {share(at_night, whole, none='None')} fell between 20:00 and 06:00."


def _marks(counts: Counts, filters: Filters, link: Link) -> Iterator[Mark]:
    for hour in range(0, HOURS, 3):
        yield Text(LEFT + (hour + 0.5) * COLUMN, TOP - 6, str(hour), "middle", "tick")
    for day, name in enumerate(_DAYS):
        yield Text(0, TOP + day * ROW + 14, name.value[:3].capitalize(), tone="tick")
        yield Rect(LEFT, TOP + day * ROW + 1, WIDTH - LEFT, ROW - 2, "ground")
    highest = max(all_ for all_, _ in counts.values())
    for key, (all_, broken) in sorted(counts.items()):
        yield _square(key, all_, broken, highest, link(_narrowed(filters, key)))


def _square(key: tuple[int, int], all_: int, broken: int, highest: int, href: str) -> Rect:
    # Its area tells the count, and its shade the same again.
    part = all_ / highest
    side = max(SMALLEST, LARGEST * part**0.5)
    tone = f"shade{max(1, round(part * TONES))}"
    x, y = LEFT + (key[1] + 0.5) * COLUMN, TOP + (key[0] + 0.5) * ROW
    says = f"{_named(key)}: {counted(all_, 'grant')}, glass broken {broken:,}"
    return Rect(x - side / 2, y - side / 2, side, side, tone, says, href)


def _named(key: tuple[int, int]) -> str:
    return f"{_DAYS[key[0]].value.capitalize()} {key[1]:02d}:00"


def _narrowed(filters: Filters, key: tuple[int, int]) -> Filters:
    # The last hour of a day is before midnight, which is hour 0.
    return replace(
        filters, weekday=_DAYS[key[0]], earliest_hour=key[1], before_hour=(key[1] + 1) % HOURS or None
    )
