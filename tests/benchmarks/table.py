"""The figures as one table in Markdown, for the screen and for docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.measure import Figure, Spread

_HEADINGS = ("What the broker does", "Beside it", "Broker", "Bare", "Broker / bare", "Aim")


def table(figures: Sequence[Figure]) -> str:
    """One row a figure; medians, and of the ratio the least and the most too."""
    rows = [_HEADINGS, tuple("-" * len(heading) for heading in _HEADINGS), *map(_row, figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def number(value: float) -> str:
    """Three digits that count: ``12,300``, ``1.23``, ``0.0123``."""
    if value >= 100:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}"


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.what,
        figure.beside,
        f"{number(figure.ours.median)} {figure.unit}",
        f"{number(figure.bare.median)} {figure.unit}",
        _spread(figure.ratio),
        figure.aim,
    )


def _spread(ratio: Spread) -> str:
    return f"**{number(ratio.median)}** ({number(ratio.least)} to {number(ratio.most)})"
