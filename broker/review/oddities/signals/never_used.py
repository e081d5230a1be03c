"""Access that was asked for and never used."""

from __future__ import annotations

from collections.abc import Iterator

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal
from broker.review.oddities.signals.by_person import by_person, found_in, percent


def never_used(material: Material, rules: OddityRules) -> Iterator[Found]:
    """Of grants that have ended, and of which a use would have been seen."""
    said = rules.never_used
    ended = [use for use in material.uses if use.used is not None and use.ended_at <= material.now]
    for person, uses in by_person(ended).items():
        unused = [use for use in uses if not use.used]
        share = percent(len(unused), len(uses))
        if len(unused) >= said.at_least and share >= said.percent:
            facts = {"count": len(unused), "of": len(uses)}
            yield found_in(Signal.NEVER_USED, person, unused, facts)
