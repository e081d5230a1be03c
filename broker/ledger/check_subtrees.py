"""Holds the kept hashes of complete subtrees against those the entries give."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from broker.ledger.merkle.tiled import TILE, TILE_LEVEL
from broker.ledger.merkle.tree import fold
from broker.ledger.tables import ledger_subtrees
from broker.ledger.tree_in_database import tile_query
from broker.ledger.verifying.faults import Kind, Tally

_Row = dict[int, str]


class SubtreeCheck:
    """Told each complete 256 entries in turn; adds a fault to ``tally`` where what is kept differs or has a hole."""

    def __init__(self, connection: Connection, tally: Tally) -> None:
        self._connection, self._tally = connection, tally
        levels = select(ledger_subtrees.c.level, func.max(ledger_subtrees.c.place)).group_by("level")
        self._last: dict[int, int] = {row[0]: row[1] for row in connection.execute(levels)}
        self._kept: dict[int, _Row] = {}
        self._grown: dict[int, list[bytes]] = {}
        self._seen: dict[int, int] = {}

    def tell(self, place: int, digest: bytes, row: int = 1) -> None:
        level = row * TILE_LEVEL
        if place <= self._last.get(level, -1) and self._stored(row, place) != digest.hex():
            first, last = place * TILE**row + 1, (place + 1) * TILE**row
            words = f"The hash kept over the entries {first} to {last} is not theirs: it was altered."
            self._tally.add(Kind.SUBTREE, first, words)
        self._seen[level] = place
        grown = self._grown.setdefault(row, [])
        grown.append(digest)
        if len(grown) == TILE:
            self._grown[row] = []
            self.tell(place // TILE, fold(grown), row + 1)

    def finish(self) -> None:
        """A hash over entries that are not there, or of no level there is, was put in by somebody else."""
        for level, place in sorted(self._last.items()):
            if level % TILE_LEVEL or place > self._seen.get(level, -1):
                words = "A hash is kept over entries that the ledger does not have."
                self._tally.add(Kind.SUBTREE, None, words)

    def _stored(self, row: int, place: int) -> str | None:
        if place % TILE == 0:
            found = self._connection.execute(tile_query(row, place // TILE))
            self._kept[row] = {each[0]: each[1] for each in found}
        return self._kept.get(row, {}).get(place)
