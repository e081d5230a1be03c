"""Everything the signals look at, as it is now."""

from __future__ import annotations

from datetime import tzinfo

from broker.access.equipment import Equipment
from broker.review.oddities.found import Material
from broker.review.oddities.kin_marks import KinMarks
from broker.review.oddities.reading.others import answers_since, knocks_since, noes_since
from broker.review.oddities.reading.uses import earlier_between, uses_since
from broker.store import Reader


def read_material(reader: Reader, equipment: Equipment, zone: tzinfo, kin: KinMarks | None) -> Material:
    """Of the window policy names, and of what was before it. Hours are those of ``zone``."""
    rules = equipment.catalog.oddities
    since = reader.at - rules.window
    uses = uses_since(reader, equipment.notes, since, zone)
    pairs = {(use.person_id, use.patient_id) for use in uses}
    return Material(
        now=reader.at,
        uses=uses,
        earlier=earlier_between(reader, since - rules.before, since, zone),
        answers=answers_since(reader, since - rules.glass_beside_approver.within),
        noes=noes_since(reader, since - rules.glass_after_no.within),
        knocks=knocks_since(reader, since),
        kin=kin.shared(reader, pairs) if kin else frozenset(),
    )
