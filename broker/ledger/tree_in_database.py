"""The Merkle tree over the entries in the database, read as far as a proof needs it.

Like tlog-tiles: the tree is cut into tiles of 256 hashes. Level 0 are the
entries' digests, the levels above are kept in ``ledger_subtrees``; a hash that is
not kept yet is made again from the level below.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from broker.errors import Unavailable
from broker.ledger.merkle.proofs import root_of
from broker.ledger.merkle.tiled import TILE, TILE_LEVEL, TiledTree
from broker.ledger.merkle.tree import fold
from broker.ledger.tables import ledger_entries, ledger_subtrees
from broker.store import Reader

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_KEPT_TILES: Final = 64


class StoredNodes:
    """Hashes of complete subtrees, each tile read once. Raises Unavailable where an entry's digest is gone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def hash_at(self, level: int, index: int) -> bytes:
        row, above = divmod(level, TILE_LEVEL)
        first = index << above
        begin, count = first % TILE, 1 << above
        hashes = self.tile(row, first // TILE, begin + count)
        return fold(hashes[begin : begin + count])

    def tile(self, row: int, number: int, width: int = TILE) -> list[bytes]:
        """The first ``width`` hashes of a tile: subtrees of ``256**row`` entries each."""
        hashes = self._tiles.get((row, number), [])
        if len(hashes) < width:
            hashes = self._read(row, number)
            while len(hashes) < width:
                hashes.append(self._made(row, number * TILE + len(hashes)))
            if len(self._tiles) >= _KEPT_TILES:
                self._tiles.clear()
            self._tiles[row, number] = hashes
        return hashes[:width]

    def _made(self, row: int, place: int) -> bytes:
        if row == 0:
            raise Unavailable(
                f"The ledger has no entry {place + 1} to prove anything with.",
                help="Run: broker audit verify",
            )
        return fold(self.tile(row - 1, place))

    def _read(self, row: int, number: int) -> list[bytes]:
        """What is kept of a tile, up to the first hash that is missing or damaged."""
        hashes: list[bytes] = []
        for place, digest in self._connection.execute(tile_query(row, number)).all():
            if place != number * TILE + len(hashes) or not _DIGEST.fullmatch(str(digest)):
                break
            hashes.append(bytes.fromhex(digest))
        return hashes


def nodes_of(reader: Reader) -> StoredNodes:
    """The ledger's tree as one look sees it, to make proofs from."""
    return StoredNodes(reader.connection)


def root_at(reader: Reader, size: int) -> bytes:
    """The Merkle root over the first ``size`` entries, by their digests as stored. Raises Unavailable for a gap."""
    return root_of(nodes_of(reader), size)


def tree_at(nodes: StoredNodes, size: int) -> TiledTree:
    """The tree of the first ``size`` entries, to grow on from; the last of them is read itself, not only its subtree."""
    begun = max(size - 1, 0) // TILE
    hashes = [
        nodes.hash_at(bit + TILE_LEVEL, ((begun >> bit) ^ 1))
        for bit in range(begun.bit_length() - 1, -1, -1)
        if begun >> bit & 1
    ]
    tree = TiledTree(begun * TILE, hashes)
    for leaf in nodes.tile(0, begun, size - begun * TILE) if size else ():
        tree.append(leaf)
    return tree


def tile_query(row: int, number: int) -> Select[Any]:
    """Place and digest in hex of what is kept of a tile, in order."""
    first, beyond = number * TILE, (number + 1) * TILE
    if row == 0:
        seq = ledger_entries.c.seq
        entries = select(seq - 1, ledger_entries.c.digest).where(seq > first, seq <= beyond)
        return entries.order_by(seq)
    place = ledger_subtrees.c.place
    kept = select(place, ledger_subtrees.c.digest).where(ledger_subtrees.c.level == row * TILE_LEVEL)
    return kept.where(place >= first, place < beyond).order_by(place)
