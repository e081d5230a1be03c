"""Holds what a witness objects against the database: who is wrong, and how well that is proven."""

from __future__ import annotations

from dataclasses import dataclass

from broker.ledger.body import instant
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.read import latest
from broker.ledger.tree_in_database import root_at
from broker.store import Reader
from broker.witness.asking.submit import Objects


@dataclass(frozen=True)
class Contradiction:
    """The ledger in the database is not the one a witness saw grow.

    ``proven`` by a checkpoint that the broker's own key signed; otherwise the
    witness says so. ``size`` is how many entries it saw.
    """

    words: str
    size: int
    proven: bool


def contradicts(reader: Reader, objects: Objects, brought: int) -> Contradiction | None:
    """None when the database fits what the witness remembers after all. ``brought`` is the size it was asked for.

    Look at the database after the witness answered, so that what another process
    wrote meanwhile is seen. Raises Unavailable when the ledger has a gap.
    """
    last = latest(reader)
    here = last.seq if last else 0
    if objects.shown:
        return _against(reader, objects.shown, here)
    if brought < objects.size <= here:
        return None  # Another process brought it more; that is held against it the next time.
    return Contradiction(_words(objects.size, here, ""), objects.size, proven=False)


def _against(reader: Reader, shown: Checkpoint, here: int) -> Contradiction | None:
    if shown.size <= here and root_at(reader, shown.size) == shown.root:
        return None
    signed = f", signed by this broker's own key{f' at {instant(shown.at)}' if shown.at else ''}"
    return Contradiction(_words(shown.size, here, signed), shown.size, proven=True)


def _words(seen: int, here: int, signed: str) -> str:
    if seen > here:
        return f"It saw a ledger of {seen:,} entries{signed}; this one has {here:,}: its end was cut off, or the database is an older one."
    return f"It saw another ledger of {seen:,} entries{signed}: this one was rewritten, or is not the same database."
