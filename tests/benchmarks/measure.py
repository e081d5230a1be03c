"""Runs several sides in turn, round after round, so that a busy machine is busy for all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Side = Callable[[], float]
"""One round of one side; answers what was measured, a rate or a duration."""


@dataclass(frozen=True)
class Spread:
    """The median of all rounds and how far they lay apart."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Figure:
    """One row of the table: ``ratio`` is ours divided by the bare operation, round by round.

    ``unit`` is what both were measured in; ``aim`` says what the ratio should be.
    """

    what: str
    beside: str
    unit: str
    ours: Spread
    bare: Spread
    ratio: Spread
    aim: str = ""


def side_by_side(sides: Mapping[str, Side], rounds: int) -> dict[str, list[float]]:
    """Every side once a round; the order turns round, so that none always follows the same one."""
    for side in sides.values():
        side()  # warm: caches filled, statements compiled, connections open
    found: dict[str, list[float]] = {name: [] for name in sides}
    order = list(sides)
    for _ in range(rounds):
        for name in order:
            found[name].append(sides[name]())
        order.reverse()
    return found


def figure(
    what: str, beside: str, unit: str, ours: Sequence[float], bare: Sequence[float], aim: str = ""
) -> Figure:
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    return Figure(what, beside, unit, Spread.of(ours), Spread.of(bare), Spread.of(ratios), aim)


def per_second(count: int, work: Callable[[], object]) -> float:
    """The rate of ``work``, which does something ``count`` times."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all lie at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
