"""All signals over the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal
from broker.review.oddities.signals.after_the_end import after_the_end
from broker.review.oddities.signals.glass import glass_after_no, glass_beside_approver
from broker.review.oddities.signals.kin import own_kin
from broker.review.oddities.signals.never_used import never_used
from broker.review.oddities.signals.odd_hours import odd_hours
from broker.review.oddities.signals.over_use import over_use
from broker.review.oddities.signals.reasons import copied_reasons, short_reasons
from broker.review.oddities.signals.same_pair import same_pair

SIGNALS: Mapping[Signal, Callable[[Material, OddityRules], Iterator[Found]]] = {
    Signal.OWN_KIN: own_kin,
    Signal.GLASS_AFTER_NO: glass_after_no,
    Signal.GLASS_BESIDE_APPROVER: glass_beside_approver,
    Signal.AFTER_THE_END: after_the_end,
    Signal.OVER_USE: over_use,
    Signal.ODD_HOURS: odd_hours,
    Signal.COPIED_REASONS: copied_reasons,
    Signal.SHORT_REASONS: short_reasons,
    Signal.NEVER_USED: never_used,
    Signal.SAME_PAIR: same_pair,
}


def look_at(material: Material, rules: OddityRules) -> list[Found]:
    """Everything that looks odd by these rules; the same rows in whatever order give the same answer."""
    return [
        found
        for signal, find in SIGNALS.items()
        if signal not in rules.off
        for found in find(material, rules)
    ]
