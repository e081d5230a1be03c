"""The sections ``retention`` and ``disclosures`` as they are written, what contradicts in them, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from pydantic import Field

from broker.policy.draft import Draft
from broker.policy.durations import in_words
from broker.policy.keeping import USUAL_KEEPING, KeepingRules
from broker.policy.section import Length, Section
from broker.policy.source import Where

SHORTEST_NOTES = timedelta(days=30)
# 45 CFR 164.528(a)(3): a patient may ask about six years.
SHORTEST_ACCOUNTING = timedelta(days=2190)


class RetentionEntry(Section):
    """How long what people wrote in their own words can be read."""

    notes: Length | None = Field(
        default=None,
        description="Notes and comments are erased after this long, 30d at least; left out, they are kept.",
    )


class DisclosuresEntry(Section):
    """What a patient is told of who had access."""

    reach: Length = Field(
        default_factory=lambda: USUAL_KEEPING.accounting,
        description="How far back; six years (2192d) when nothing is said, and never less.",
    )
    staff: Literal["role", "name"] = Field(
        default="role",
        description="Whether the answer to a patient's own question names people or only their role.",
    )


def keeping_complaints(draft: Draft) -> Iterator[tuple[Where, str]]:
    """Every contradiction in one file: the place, and a sentence."""
    notes, reach = draft.length("retention", "notes"), draft.length("disclosures", "reach")
    if notes is not None and notes < SHORTEST_NOTES:
        yield (
            ("retention", "notes"),
            f"Keep notes for {in_words(SHORTEST_NOTES)} at least: reviewers need them.",
        )
    late = max(_deadlines(draft), default=None)
    if notes is not None and late is not None and notes <= late:
        yield ("retention", "notes"), f"Notes must outlast the longest review deadline, {in_words(late)}."
    if reach is not None and reach < SHORTEST_ACCOUNTING:
        yield ("disclosures", "reach"), "A patient may ask about six years (2190d): do not reach less far."


def _deadlines(draft: Draft) -> Iterator[timedelta]:
    entitlements = draft.at("entitlements")
    for id_ in entitlements if isinstance(entitlements, dict) else ():
        for where in (("review", "within"), ("break_glass", "review_within")):
            length = draft.length("entitlements", id_, *where)
            if length is not None:
                yield length


def keeping_meant(retention: RetentionEntry | None, disclosures: DisclosuresEntry | None) -> KeepingRules:
    said = disclosures or DisclosuresEntry()
    return KeepingRules(
        notes=retention.notes if retention else None,
        accounting=said.reach,
        name_staff=said.staff == "name",
    )
