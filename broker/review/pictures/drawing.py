"""What a picture is made of. The page turns it into SVG; colours are the style sheet's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from broker.review.history.filters import Filters

# As wide as a phone shows it at its own size; the text in it is 13 units high.
WIDTH = 360
LONGEST_LABEL = 38

Link = Callable[[Filters], str]
"""The address of the history narrowed like this."""


@dataclass(frozen=True)
class Rect:
    """``tone`` names its look, ``says`` is shown when it is pointed at, ``href`` where it leads."""

    shape: ClassVar[str] = "rect"
    x: float
    y: float
    width: float
    height: float
    tone: str = "plain"
    says: str = ""
    href: str = ""


@dataclass(frozen=True)
class Line:
    shape: ClassVar[str] = "line"
    x1: float
    y1: float
    x2: float
    y2: float
    tone: str = "axis"


@dataclass(frozen=True)
class Text:
    """``anchor`` is start, middle or end; ``y`` is the line it stands on."""

    shape: ClassVar[str] = "text"
    x: float
    y: float
    text: str
    anchor: str = "start"
    tone: str = "label"


Mark = Rect | Line | Text


@dataclass(frozen=True)
class Cell:
    """``href`` is empty for what leads nowhere."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Picture:
    """``finding`` is what it shows, in a sentence or two. Without marks there was nothing to draw.

    ``legend`` maps a tone to what it means. ``rows`` hold all that is drawn, the first cell of each names it.
    """

    name: str
    title: str
    finding: str
    height: float = 0
    marks: tuple[Mark, ...] = ()
    legend: Mapping[str, str] | None = None
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


def shortened(label: str, most: int = LONGEST_LABEL) -> str:
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def counted(number: int, one: str, many: str = "") -> str:
    """``1 grant``, ``2 grants``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: int, whole: int, *, none: str = "0 %") -> str:
    """``31 %``; never 0 or 100 for what is not none or all."""
    if not part or not whole:
        return none
    percent = round(100 * part / whole)
    if percent == 0:
        return "under 1 %"
    return "over 99 %" if percent == 100 and part < whole else f"{percent} %"  # noqa: PLR2004


def cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)


def linked(first: str, href: str, rest: Sequence[str]) -> tuple[Cell, ...]:
    return (Cell(first, href), *cells(*rest))
