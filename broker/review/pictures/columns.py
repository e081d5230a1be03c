"""Standing columns over named places, for a distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broker.review.pictures.drawing import WIDTH, Line, Mark, Rect, Text

TOP, TALL, GAP = 18.0, 130.0, 6.0
HEIGHT = TOP + TALL + 22


@dataclass(frozen=True)
class Column:
    """``value`` stands over it."""

    label: str
    amount: float
    value: str
    says: str
    tone: str = "plain"


def draw_columns(columns: Sequence[Column]) -> tuple[Mark, ...]:
    """HEIGHT units high, from zero, to one scale."""
    highest = max((column.amount for column in columns), default=0) or 1
    wide = WIDTH / len(columns)
    marks = [
        mark for place, column in enumerate(columns) for mark in _column(column, place * wide, wide, highest)
    ]
    return (*marks, Line(0, TOP + TALL, WIDTH, TOP + TALL))


def _column(column: Column, left: float, wide: float, highest: float) -> Iterator[Mark]:
    tall = TALL * column.amount / highest
    middle = left + wide / 2
    if column.amount:
        yield Rect(left + GAP / 2, TOP + TALL - tall, wide - GAP, tall, column.tone, column.says)
        yield Text(middle, TOP + TALL - tall - 5, column.value, "middle", "value")
    yield Text(middle, TOP + TALL + 16, column.label, "middle", "tick")
