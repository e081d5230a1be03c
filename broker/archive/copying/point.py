"""Where an archive stands in the ledger: all that is needed to check what follows."""

from __future__ import annotations

from dataclasses import dataclass

from broker.ledger.body import EMPTY_DIGEST
from broker.ledger.merkle.tree import CompactRange
from broker.ledger.verifying.verify import Start


@dataclass(frozen=True)
class Point:
    """After the first ``size`` entries. ``digest`` is the last one's, ``at`` its time as in a body.

    ``subtrees`` are the hashes of RFC 6962's complete subtrees over those entries,
    the largest first, in hex: with them the tree goes on without the entries.
    """

    size: int = 0
    digest: str = EMPTY_DIGEST
    at: str = ""
    subtrees: tuple[str, ...] = ()

    @property
    def start(self) -> Start:
        return Start(self.size, self.digest, self.at, self._hashes())

    def tree(self) -> CompactRange:
        """Raises ValueError when the subtrees are not those of so many entries."""
        return CompactRange(self.size, self._hashes())

    def root(self) -> bytes:
        return self.tree().root()

    def after(self, digests: list[str], at: str) -> Point:
        """The point so many entries on; ``at`` is the last one's time."""
        tree = self.tree()
        for digest in digests:
            tree.append(bytes.fromhex(digest))
        last = digests[-1] if digests else self.digest
        return Point(tree.size, last, at, tuple(each.hex() for each in tree.hashes))

    def _hashes(self) -> tuple[bytes, ...]:
        return tuple(bytes.fromhex(each) for each in self.subtrees)


NOWHERE = Point()
