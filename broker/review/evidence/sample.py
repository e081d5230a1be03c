"""Which grants are looked at closely: drawn by a seed that is shown, so that anybody draws the same ones."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from broker.review.evidence.days import Days

USUAL_SIZE = 25


@dataclass(frozen=True)
class Drawn:
    """``rank`` counts from 1 among ``of`` grants of the same kind, ``lot`` is what it was ordered by."""

    grant: str
    request: str
    kind: str
    rank: int
    of: int
    lot: str


def usual_seed(root: bytes, days: Days) -> str:
    """Made of the ledger's own root, which nobody could choose to draw what they would like to show."""
    said = f"{root.hex()} {days.first.isoformat()} {days.last.isoformat()}"
    return hashlib.sha256(said.encode()).hexdigest()


def lot(seed: str, grant: str) -> str:
    """SHA-256 of the seed, a space and the grant's id: the lowest are drawn."""
    return hashlib.sha256(f"{seed} {grant}".encode()).hexdigest()


class Draw:
    """Looks at every grant once and keeps ``size`` of each kind."""

    def __init__(self, seed: str, size: int) -> None:
        self.seed, self.size = seed, size
        self._kept: dict[str, list[tuple[int, str, str]]] = {}
        self._seen: dict[str, int] = {}

    def see(self, grant: str, request: str, kind: str) -> None:
        kept = self._kept.setdefault(kind, [])
        self._seen[kind] = self._seen.get(kind, 0) + 1
        # The heap's first is the one to go: the highest lot.
        entry = (-int(lot(self.seed, grant), 16), grant, request)
        if len(kept) < self.size:
            heapq.heappush(kept, entry)
        elif kept:
            heapq.heappushpop(kept, entry)

    def drawn(self) -> list[Drawn]:
        """By kind, then by lot."""
        return [each for kind in sorted(self._kept) for each in self._of(kind)]

    def _of(self, kind: str) -> Iterable[Drawn]:
        ordered = sorted(self._kept[kind], reverse=True)
        for rank, (_key, grant, request) in enumerate(ordered, start=1):
            yield Drawn(grant, request, kind, rank, self._seen[kind], lot(self.seed, grant))
