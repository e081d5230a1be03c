"""One person asks, and it is always the same one who says yes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal, Use
from broker.review.oddities.signals.by_person import by_person, found_in, percent

# Where fewer decide, it is the duty roster and not a choice.
FEWEST_APPROVERS = 3


def same_pair(material: Material, rules: OddityRules) -> Iterator[Found]:
    """Pairs that stand out although others decide as well."""
    if len({each.approver_id for each in material.answers}) < FEWEST_APPROVERS:
        return
    said = rules.same_pair
    for person, uses in by_person(material.uses).items():
        approved = [use for use in uses if use.approvers]
        by_approver: dict[str, list[Use]] = defaultdict(list)
        for use in approved:
            for approver in use.approvers:
                by_approver[approver].append(use)
        for approver, theirs in sorted(by_approver.items()):
            share = percent(len(theirs), len(approved))
            if len(theirs) >= said.at_least and share >= said.percent:
                facts = {"count": len(theirs), "of": len(approved), "percent": share}
                yield found_in(Signal.SAME_PAIR, person, theirs, facts, approver)
