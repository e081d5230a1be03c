"""Far more access than others get, and than this person got before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal
from broker.review.oddities.signals.by_person import by_person, found_in

# Of fewer others nobody can say what is usual.
FEWEST_OTHERS = 3


def over_use(material: Material, rules: OddityRules) -> Iterator[Found]:
    """People far above the middle of the others and above their own earlier pace."""
    mine, said = by_person(material.uses), rules.over_use
    counts = {person: len(uses) for person, uses in mine.items()}
    # Somebody who had none lately is one of the others, too.
    earlier = Counter(each.person_id for each in material.earlier)
    everybody = set(counts) | set(earlier)
    for person, uses in mine.items():
        others = [counts.get(each, 0) for each in everybody - {person}]
        if len(others) < FEWEST_OTHERS:
            continue
        middle = median(others)
        pace = earlier[person] * (rules.window / rules.before)
        most = max(said.times_others * max(middle, 1), said.times_before * pace, said.at_least)
        if len(uses) >= most:
            facts = {"count": len(uses), "others": int(middle), "before": round(pace)}
            yield found_in(Signal.OVER_USE, person, uses, {**facts, "days": rules.window.days})
