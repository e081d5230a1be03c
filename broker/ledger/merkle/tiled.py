"""Grows a tree tile by tile: 256 leaves are hashed together, level by level, which is quickest in bulk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from broker.ledger.merkle.tree import CompactRange, fold

TILE_LEVEL: Final = 8
TILE: Final = 1 << TILE_LEVEL

OnTile = Callable[[int, bytes], None]
"""Told each complete subtree of TILE leaves: its place, counted from 0, and its hash."""


class TiledTree:
    """A tree that began with ``size`` leaves, whose complete subtrees are ``hashes``, the largest first."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = (), on_tile: OnTile | None = None) -> None:
        whole = (size // TILE).bit_count()
        self._whole = CompactRange(size - size % TILE, hashes[:whole])
        self._tile = CompactRange(size % TILE, hashes[whole:])
        self._leaves: list[bytes] = []
        self._room = TILE - self._tile.size
        self._on_tile = on_tile

    @property
    def size(self) -> int:
        return self._whole.size + self._tile.size + len(self._leaves)

    def append(self, leaf: bytes) -> None:
        self._leaves.append(leaf)
        if len(self._leaves) == self._room:
            self._gather()

    def hashes(self) -> list[bytes]:
        """The complete subtrees, the largest first: all that must be kept to go on from here."""
        self._gather()
        return [*self._whole.hashes, *self._tile.hashes]

    def root(self) -> bytes:
        return CompactRange(self.size, self.hashes()).root()

    def copy(self) -> TiledTree:
        """The same tree, to grow another way; tiles of the copy are not told."""
        return TiledTree(self.size, self.hashes())

    def _gather(self) -> None:
        leaves, self._leaves = self._leaves, []
        if len(leaves) == TILE:
            self._finish(fold(leaves))
            return
        for leaf in leaves:
            self._tile.append(leaf)
        self._room = TILE - self._tile.size
        if not self._room:
            self._finish(self._tile.hashes[0])

    def _finish(self, tile: bytes) -> None:
        if self._on_tile:
            self._on_tile(self._whole.size // TILE, tile)
        self._whole.append(tile, TILE_LEVEL)
        self._tile, self._room = CompactRange(), TILE
