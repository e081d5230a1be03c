"""Notes that say next to nothing, or the same over and over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

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
    """The largest set around one note; of two that are as large, the one around the older note."""
    parts = [_parts(use.note or "") for use in uses]
    around = [{place} for place in range(len(uses))]
    for one, other in combinations(range(len(uses)), 2):
        if _likeness(parts[one], parts[other]) >= likeness:
            around[one].add(other)
            around[other].add(one)
    largest = max(around, key=len, default=set())
    return [uses[place] for place in sorted(largest)]


def _parts(note: str) -> frozenset[str]:
    """Every three letters in a row, without what varies by itself: case, spaces, punctuation, numbers."""
    words = re.sub(r"[\W\d_]+", " ", note.casefold()).split()
    plain = f" {' '.join(words)} "
    return frozenset(plain[place : place + 3] for place in range(len(plain) - 2))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: 1 for the same parts, 0 for none in common."""
    whole = len(one) + len(other)
    return 2 * len(one & other) / whole if whole else 1.0
