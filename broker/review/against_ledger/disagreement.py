"""One thing a row says otherwise than the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Disagreement:
    """``words`` name opaque ids, states and times, never a note."""

    table: str
    row: str
    words: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.words}"


def compare(
    table: str, row: str, told: Mapping[str, object], found: Mapping[str, object]
) -> Iterator[Disagreement]:
    """A disagreement for each name in ``told`` for which ``found`` holds something else."""
    for name, wanted in told.items():
        if found[name] != wanted:
            words = f"{name} is {_shown(found[name])}, the ledger says {_shown(wanted)}."
            yield Disagreement(table, row, words)


def _shown(value: object) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return "nothing" if value is None else text[:LONGEST_SHOWN]
