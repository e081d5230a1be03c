"""Access at hours at which this person hardly ever needs any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal
from broker.review.oddities.signals.by_person import by_person, found_in, percent

_DAY = 24


def odd_hours(material: Material, rules: OddityRules) -> Iterator[Found]:
    """Only of people who were seen often enough to know their hours."""
    said, earlier = rules.odd_hours, by_person(material.earlier)
    for person, uses in by_person(material.uses).items():
        known = Counter(each.hour for each in earlier.get(person, ()))
        if known.total() < said.known:
            continue
        odd = [use for use in uses if percent(_around(known, use.hour), known.total()) < said.percent]
        if len(odd) >= said.at_least:
            hours = ", ".join(f"{hour}:00" for hour in sorted({use.hour for use in odd}))
            facts: dict[str, int | str] = {"count": len(odd), "hours": hours, "known": known.total()}
            yield found_in(Signal.ODD_HOURS, person, odd, facts)


def _around(known: Counter[int], hour: int) -> int:
    """How many fall into this hour or one beside it: a shift begins a little early or ends a little late."""
    return sum(known[(hour + by) % _DAY] for by in (-1, 0, 1))
