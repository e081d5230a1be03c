"""Rows of one person together, and what is found in some of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from broker.review.oddities.found import Found, Signal, Use


class OfPerson(Protocol):
    @property
    def person_id(self) -> str: ...


P = TypeVar("P", bound=OfPerson)


def by_person(rows: Iterable[P]) -> dict[str, list[P]]:
    """Rows by person, people in the order of their ids, so that the same rows always give the same answer."""
    found: dict[str, list[P]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return dict(sorted(found.items()))


def found_in(
    signal: Signal, person_id: str, uses: Iterable[Use], facts: Mapping[str, int | str], other_id: str = ""
) -> Found:
    """The finding that stands on these grants."""
    ordered = sorted(uses, key=lambda use: (use.at, use.grant_id))
    rows, times = tuple(use.grant_id for use in ordered), tuple(use.at for use in ordered)
    return Found(signal, person_id, rows, times, facts, other_id)


def percent(part: int, whole: int) -> int:
    """Rounded down, 0 of nothing."""
    return part * 100 // whole if whole else 0
