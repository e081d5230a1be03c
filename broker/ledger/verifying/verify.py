"""Checks a chain from its stored bytes: one pass, constant memory, no database and no web.

The bodies are hashed as they lie there. That they are in canonical form is a
check of its own, which may be left out: an edit is found by its digest anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from broker.ledger.checkpoints.notes import UnreadableNote, Vouching
from broker.ledger.merkle.tiled import OnTile, TiledTree
from broker.ledger.verifying.faults import Kind, Report, StoredHead, Tally
from broker.ledger.verifying.match import Match
from broker.ledger.verifying.roots import Roots
from broker.ledger.verifying.walk import BEGINNING, Start, StoredEntry, Walk

__all__ = ["BEGINNING", "Start", "StoredEntry", "verify"]


def verify(
    entries: Iterable[StoredEntry],
    *,
    stored_head: StoredHead | None,
    checkpoints: Iterable[Vouching | UnreadableNote] = (),
    start: Start = BEGINNING,
    canonical: bool = True,
    on_tile: OnTile | None = None,
) -> Report:
    """Read ``entries`` once, in order, and answer everything that is wrong with them.

    ``checkpoints`` are what was signed, its signatures checked, oldest first.
    ``stored_head`` is None only where it is lost or damaged, which is a fault.
    ``canonical`` refuses bodies that are not in RFC 8785 form too, such as one with two keys of a name;
    without it the pass is about a third faster. ``on_tile`` is told each 256 entries' subtree, up to the first entry
    that is missing.
    """
    tally = Tally()
    roots = Roots(TiledTree(start.seq, start.hashes, on_tile))
    match = Match(iter(checkpoints), roots, tally)
    match.skip_to(start.seq + 1)
    walk = Walk(start, tally, match, roots, canonical=canonical)
    for entry in entries:
        walk.step(entry)
    match.finish(walk.seq)
    _check_end(walk, stored_head, tally)
    return Report(
        walk.entries,
        match.met,
        walk.seq,
        walk.actual,
        walk.at,
        roots.root(),
        match.last,
        tuple(tally.faults),
        tally.count,
    )


def _check_end(walk: Walk, stored: StoredHead | None, tally: Tally) -> None:
    last = walk.seq
    if stored is None:
        words = "The row that says where the ledger ends is gone or damaged."
    elif stored.seq != last:
        how = "deleted from" if stored.seq > last else "added to"
        words = f"The ledger should end with entry {stored.seq}, but ends with {last}: entries were {how} its end."
    elif stored.digest not in walk.digests or not _is_dated(walk, stored):
        words = f"The row that says where the ledger ends does not fit its last entry, {last}."
    else:
        return
    tally.add(Kind.HEAD_MISMATCH, last, words)


def _is_dated(walk: Walk, stored: StoredHead) -> bool:
    # Nothing was read, or the last entry's own time is in doubt: there is nothing to hold it against.
    return walk.undated == walk.seq or walk.at in {"", stored.at}
