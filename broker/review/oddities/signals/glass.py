"""The glass broken where it may not have been needed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, No, Signal, Use
from broker.review.oddities.signals.by_person import by_person, found_in


def glass_beside_approver(material: Material, rules: OddityRules) -> Iterator[Found]:
    """Although an approver answered somebody about then. Who had waited for one in vain is not meant."""
    said = rules.glass_beside_approver
    for person, uses in by_person(_glass(material)).items():
        others = sorted(
            answer.at for answer in material.answers if person not in {answer.approver_id, answer.person_id}
        )
        beside = [use for use in uses if not use.waited and _is_near(others, use.at, said.within)]
        if len(beside) >= said.at_least:
            facts = {"count": len(beside), "minutes": int(said.within.total_seconds() // 60)}
            yield found_in(Signal.GLASS_BESIDE_APPROVER, person, beside, facts)


def glass_after_no(material: Material, rules: OddityRules) -> Iterator[Found]:
    """Soon after an approver had said no for the same patient, or policy for whatever was asked."""
    said, noes = rules.glass_after_no, by_person(material.noes)
    for person, uses in by_person(_glass(material)).items():
        after = [use for use in uses if any(_follows(use, no, rules) for no in noes.get(person, ()))]
        if len(after) >= said.at_least:
            facts = {"count": len(after), "minutes": int(said.within.total_seconds() // 60)}
            yield found_in(Signal.GLASS_AFTER_NO, person, after, facts)


def _glass(material: Material) -> list[Use]:
    return [use for use in material.uses if use.broke_glass]


def _is_near(ordered: Sequence[datetime], at: datetime, within: timedelta) -> bool:
    place = bisect_left(ordered, at - within)
    return place < len(ordered) and ordered[place] <= at + within


def _follows(use: Use, no: No, rules: OddityRules) -> bool:
    soon = no.at <= use.at <= no.at + rules.glass_after_no.within
    return soon and no.patient_id in {None, use.patient_id}
