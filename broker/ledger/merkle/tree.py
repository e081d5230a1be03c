"""RFC 6962's tree, grown leaf by leaf: what must be kept of it is one hash per complete subtree.

A leaf is the 32 bytes of an entry's digest, which is RFC 6962's leaf hash already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

HASH_LENGTH: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

_NODE: Final = b"\x01"
_sha256 = hashlib.sha256


def node(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children, 32 bytes each."""
    return _sha256(_NODE + left + right).digest()


class CompactRange:
    """The first ``size`` leaves, kept as the hashes of their complete subtrees, the largest first."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Go on from ``size`` leaves. Raises ValueError unless ``hashes`` has one for each bit of ``size``."""
        if size < 0 or len(hashes) != size.bit_count():
            raise ValueError("These are not the complete subtrees of that many leaves.")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes, level: int = 0) -> None:
        """Add a leaf, or a whole subtree of ``2**level`` leaves where one begins."""
        hashes, size = self.hashes, self.size >> level
        # Each low bit that is set is a complete subtree on the left, as large as what has grown on the right.
        while size & 1:
            leaf = _sha256(_NODE + hashes.pop() + leaf).digest()
            size >>= 1
        hashes.append(leaf)
        self.size += 1 << level

    def copy(self) -> CompactRange:
        return CompactRange(self.size, self.hashes)

    def root(self) -> bytes:
        """The tree's hash as it stands, 32 bytes; costs one hash per complete subtree."""
        if not self.hashes:
            return EMPTY_ROOT
        found = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            found = node(left, found)
        return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over a complete subtree's children of one level, as many as a power of two."""
    while len(hashes) > 1:
        hashes = [
            _sha256(_NODE + left + right).digest()
            for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]
