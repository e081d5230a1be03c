"""Notes that say next to nothing, or the same over and over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from broker.policy.reviewing import OddityRules
from broker.review.oddities.found import Found, Material, Signal, Use
from broker.review.oddities.signals.by_person import by_person, found_in, percent

# Of the notes of one person so many of the newest are compared: the time grows with their square.
MOST_COMPARED = 40
_FEWEST_PATIENTS = 3


def short_reasons(material: Material, rules: OddityRules) -> Iterator[Found]:
    """Where the glass was broken: there nobody else has judged whether the reason was good."""
    said = rules.reasons
    for person, uses in by_person(material.uses).items():
        readable = [use for use in uses if use.broke_glass and use.note is not None]
        short = [use for use in readable if len((use.note or "").strip()) < said.characters]
        share = percent(len(short), len(readable))
        if len(short) >= said.at_least and share >= said.percent:
            facts = {"count": len(short), "of": len(readable), "characters": said.characters}
            yield found_in(Signal.SHORT_REASONS, person, short, facts)


def copied_reasons(material: Material, rules: OddityRules) -> Iterator[Found]:
    """The largest set of notes that are alike, for different patients: one patient's notes may well be alike."""
    said = rules.reasons
    for person, uses in by_person(material.uses).items():
        long = [use for use in uses if len((use.note or "").strip()) >= said.characters]
        newest = sorted(long, key=lambda use: (use.at, use.grant_id))[-MOST_COMPARED:]
        alike = _largest_alike(newest, said.alike / 100)
        patients = {use.patient_id for use in alike}
        if len(alike) >= said.at_least and len(patients) >= _FEWEST_PATIENTS:
            facts = {"count": len(alike), "patients": len(patients)}
            yield found_in(Signal.COPIED_REASONS, person, alike, facts)


def _largest_alike(uses: Sequence[Use], likeness: float) -> list[Use]:
    texts = [_normal(use.note or "") for use in uses]
    best: list[Use] = []
    for mine in texts:
        alike = [use for use, other in zip(uses, texts, strict=True) if _same(mine, other, likeness)]
        if len(alike) > len(best):
            best = alike
    return best


def _normal(note: str) -> str:
    """Without what varies by itself: case, spaces, punctuation, numbers."""
    return " ".join(re.sub(r"[\W\d_]+", " ", note.casefold()).split())


def _same(one: str, other: str, likeness: float) -> bool:
    if one == other:
        return True
    # Always the same way round, because the comparison is not quite symmetric.
    first, second = sorted((one, other))
    match = SequenceMatcher(None, first, second, autojunk=False)
    return bool(match.quick_ratio() >= likeness and match.ratio() >= likeness)
