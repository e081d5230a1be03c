"""Lying bars, longest first, each under its name: names are long, and phones narrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broker.review.pictures.drawing import WIDTH, Mark, Rect, Text, shortened

ROW, BAR = 40.0, 14.0
LEAST = 2.0  # what is there is seen


@dataclass(frozen=True)
class Bar:
    """``parts`` are (tone, amount) from left to right; ``value`` is what stands at its end."""

    label: str
    value: str
    parts: tuple[tuple[str, float], ...]
    says: str
    href: str = ""

    @property
    def amount(self) -> float:
        return sum(amount for _, amount in self.parts)


def draw_bars(bars: Sequence[Bar]) -> tuple[float, tuple[Mark, ...]]:
    """The height, and the marks; all bars to one scale, from zero."""
    longest = max((bar.amount for bar in bars), default=0) or 1
    marks = [mark for place, bar in enumerate(bars) for mark in _bar(bar, place * ROW, WIDTH / longest)]
    return len(bars) * ROW, tuple(marks)


def _bar(bar: Bar, top: float, scale: float) -> Iterator[Mark]:
    yield Text(0, top + 13, shortened(bar.label))
    yield Text(WIDTH, top + 13, bar.value, "end", "value")
    x = 0.0
    for tone, amount in bar.parts:
        if amount:
            width = min(max(amount * scale, LEAST), WIDTH - x)
            yield Rect(x, top + 19, width, BAR, tone, bar.says, bar.href)
            x += width
