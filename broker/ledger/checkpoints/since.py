"""Checks what was added to the ledger since something was signed, and that it goes on from there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from broker.errors import Unavailable
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.notes import Vouching, parse_notes, read_notes
from broker.ledger.signing.keys import PublicKey
from broker.ledger.snapshot import Snapshot, snapshot
from broker.ledger.tree_in_database import StoredNodes, tree_at
from broker.ledger.verifying.faults import Fault, Kind, Report
from broker.ledger.verifying.verify import BEGINNING, Start, verify
from broker.store import Store


def check_since(store: Store, last: Vouching | None, path: Path, key: PublicKey) -> Report:
    """What the entries after ``last`` add up to, or the fault that they do not go on from it.

    Only a ledger whose last note is an older version's head is read whole, once:
    it says nothing of the tree.
    """
    with snapshot(store) as look:
        stored = look.head()
        if last is None:
            return verify(look.entries(), stored_head=stored)
        if stored and stored.seq < last.size:
            return _broken(
                Kind.TRUNCATED,
                stored.seq + 1,
                f"A checkpoint of {last.size} entries was signed, and the ledger ends with {stored.seq}: its end was cut off.",
            )
        if not isinstance(last, Checkpoint):
            return verify(look.entries(), stored_head=stored, checkpoints=parse_notes(read_notes(path), key))
        return _check_on(look, last)


def _check_on(look: Snapshot, last: Checkpoint) -> Report:
    nodes = StoredNodes(look.connection)
    try:
        tree = tree_at(nodes, last.size)
        digest = nodes.hash_at(0, last.size - 1).hex() if last.size else BEGINNING.digest
    except Unavailable:
        words = f"Entries before the last checkpoint of {last.size} are missing or damaged: they were deleted or edited."
        return _broken(Kind.FORKED, last.size, words)
    if tree.root() != last.root:
        words = f"The ledger up to entry {last.size} is not the one whose checkpoint was signed: it was rewritten."
        return _broken(Kind.FORKED, last.size, words)
    start = Start(last.size, digest, "", tuple(tree.hashes()))
    return verify(look.entries(last.size), stored_head=look.head(), start=start)


def _broken(kind: Kind, seq: int, words: str) -> Report:
    nothing = Report(0, 0, 0, BEGINNING.digest, "", None, None, (), 0)
    return replace(nothing, faults=(Fault(kind, seq, words),), fault_count=1)
