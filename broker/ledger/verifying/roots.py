"""The Merkle roots of the entries as they are read, whatever is wrong with some of them."""

from __future__ import annotations

import re
from typing import Any, Final

from broker.ledger.merkle.tiled import TiledTree

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Roots:
    """Grows the tree of the digests the bodies give, and beside it, after an edit, that of the digests as stored.

    An edited body beside its old digest would otherwise make every later
    checkpoint look forged, though what was signed is still there to see.
    """

    def __init__(self, tree: TiledTree) -> None:
        self._tree: TiledTree | None = tree
        self._stored: TiledTree | None = None
        self._unknown = False

    def add(self, digest: str) -> None:
        """The next entry gives ``digest``, and has it stored beside it."""
        leaf = bytes.fromhex(digest)
        if self._tree:
            self._tree.append(leaf)
        if self._stored:
            self._stored.append(leaf)

    def add_edited(self, actual: str, stored: Any) -> None:
        """The next entry gives another digest than the one that is stored."""
        if self._tree is None:
            return
        if isinstance(stored, str) and _DIGEST.fullmatch(stored):
            self._stored = self._stored or self._tree.copy()
            self._stored.append(bytes.fromhex(stored))
        else:
            # What was written here is known to nobody any more.
            self._unknown = True
        self._tree.append(bytes.fromhex(actual))

    def lose(self) -> None:
        """An entry is missing or out of place: no root can be known any more."""
        self._tree = self._stored = None

    def root(self) -> bytes | None:
        """The root over all entries so far, 32 bytes; None once one was missing."""
        return self._tree.root() if self._tree else None

    def may_have_been(self, root: bytes) -> bool:
        """Whether the edits already told of may be all that parts the entries from this root."""
        return self._unknown or self._tree is None or bool(self._stored and self._stored.root() == root)
