"""What policy says about reviews and about what looks odd, as values nothing can change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class ReviewRules:
    """``second_opinion_for`` are outcomes that another reviewer has to look at as well.

    ``override_within`` is how soon the review is due of whoever broke the glass although an
    earlier one was overdue; None when nobody may.
    """

    second_opinion_for: frozenset[str] = frozenset({"misuse"})
    second_opinion_within: timedelta = timedelta(days=3)
    reopened_within: timedelta = timedelta(days=3)
    override_within: timedelta | None = timedelta(hours=4)


@dataclass(frozen=True)
class OverUse:
    """At least so many grants in the window, and so many times as many as others, and as before."""

    at_least: int = 10
    times_others: int = 3
    times_before: int = 2


@dataclass(frozen=True)
class OddHours:
    """So many grants at hours at which, of so many earlier ones, at most a percentage lies."""

    at_least: int = 2
    known: int = 30
    percent: int = 2


@dataclass(frozen=True)
class SamePair:
    """One approver said so many of the yeses to one person, and such a percentage of them."""

    at_least: int = 8
    percent: int = 80


@dataclass(frozen=True)
class Reasons:
    """Notes count as short below ``characters``, as copied from ``alike`` percent on."""

    at_least: int = 4
    percent: int = 60
    characters: int = 12
    alike: int = 90


@dataclass(frozen=True)
class NeverUsed:
    """So many grants nobody opened anything with, and such a percentage of the person's."""

    at_least: int = 4
    percent: int = 50


@dataclass(frozen=True)
class Within:
    """So many times, each within so long of something else."""

    at_least: int
    within: timedelta


@dataclass(frozen=True)
class OddityRules:
    """``window`` is looked at, ``before`` is what a person did earlier; ``off`` are signals nobody wants."""

    window: timedelta = timedelta(days=28)
    before: timedelta = timedelta(days=90)
    off: frozenset[str] = frozenset()
    over_use: OverUse = OverUse()
    odd_hours: OddHours = OddHours()
    same_pair: SamePair = SamePair()
    reasons: Reasons = Reasons()
    never_used: NeverUsed = NeverUsed()
    after_the_end: int = 3
    glass_beside_approver: Within = field(default_factory=lambda: Within(3, timedelta(minutes=15)))
    glass_after_no: Within = field(default_factory=lambda: Within(2, timedelta(minutes=30)))


USUAL_REVIEWS = ReviewRules()
USUAL_ODDITIES = OddityRules()
