"""Access to a patient who shares the person's own surname or address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal, Use
from broker.review.oddities.signals.by_person import by_person, found_in


def own_kin(material: Material, _rules: OddityRules) -> Iterator[Found]:
    """Once is enough. Many share a name by chance: an address says more."""
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for person, patient, kind in material.kin:
        shared[person, patient].add(kind)
    for person, uses in by_person(material.uses).items():
        near: list[Use] = [use for use in uses if (person, use.patient_id) in shared]
        if near:
            kinds = set[str]().union(*(shared[person, use.patient_id] for use in near))
            facts: dict[str, int | str] = {"count": len(near), "what": " and ".join(sorted(kinds))}
            yield found_in(Signal.OWN_KIN, person, near, facts)
