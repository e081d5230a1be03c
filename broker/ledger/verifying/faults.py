"""What a check of the ledger can find, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from broker.ledger.checkpoints.notes import Vouching

# A ledger broken all over must not fill the memory of the one who checks it.
KEPT_FAULTS: Final = 1000


class Kind(StrEnum):
    """What is wrong with an entry, with the end of the chain, or with what was signed."""

    EDITED_BODY = "edited body"
    EDITED_COLUMN = "edited column"
    UNREADABLE = "unreadable entry"
    NOT_CANONICAL = "not canonical"
    GAP = "gap"
    REORDERED = "reordered"
    WRONG_PREVIOUS = "wrong previous"
    CLOCK_BACK = "clock back"
    HEAD_MISMATCH = "head mismatch"
    TRUNCATED = "truncated"
    FORKED = "forked"
    BAD_CHECKPOINT = "bad checkpoint"
    CHECKPOINT_BACK = "checkpoint back"
    SUBTREE = "altered subtree"


@dataclass(frozen=True)
class Fault:
    """``seq`` is the entry it is about, if it is about one; ``words`` are for a person and hold no entry's content."""

    kind: Kind
    seq: int | None
    words: str


@dataclass(frozen=True)
class StoredHead:
    """Where the database itself says the chain ends; ``at`` in the form of an entry's body."""

    seq: int
    digest: str
    at: str


@dataclass(frozen=True)
class Report:
    """What was read and what was found.

    ``checkpoints`` counts what was signed and fits, ``last_checkpoint`` is the last of it; ``last_at`` is in a
    body's form; ``root`` is the Merkle root of all entries, None when one is missing; ``faults`` holds the first KEPT_FAULTS in order, ``fault_count`` counts all.
    """

    entries: int
    checkpoints: int
    last_seq: int
    last_digest: str
    last_at: str
    root: bytes | None
    last_checkpoint: Vouching | None
    faults: tuple[Fault, ...]
    fault_count: int

    @property
    def ok(self) -> bool:
        return self.fault_count == 0

    @property
    def first(self) -> Fault | None:
        return self.faults[0] if self.faults else None

    @property
    def beyond_checkpoints(self) -> int:
        """How many of the last entries no checkpoint vouches for yet."""
        return self.last_seq - (self.last_checkpoint.size if self.last_checkpoint else 0)


@dataclass
class Tally:
    """Counts what a check finds, and keeps the first of it."""

    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, kind: Kind, seq: int | None, words: str) -> None:
        self.count += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(Fault(kind, seq, words))
