"""Something of a grant was tried again and again once the access had ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal
from broker.review.oddities.signals.by_person import by_person


def after_the_end(material: Material, rules: OddityRules) -> Iterator[Found]:
    """Counted by tries; the rows are the grants they were of. Nothing was opened by any of them."""
    for person, knocks in by_person(material.knocks).items():
        if len(knocks) < rules.after_the_end:
            continue
        last = {}
        for knock in sorted(knocks, key=lambda each: (each.at, each.grant_id)):
            last[knock.grant_id] = knock.at
        ordered = sorted(last.items(), key=lambda item: (item[1], item[0]))
        tries = Counter(knock.grant_id for knock in knocks)
        yield Found(
            Signal.AFTER_THE_END,
            person,
            tuple(grant for grant, _ in ordered),
            tuple(at for _, at in ordered),
            {"count": tries.total(), "grants": len(tries)},
        )
