"""Signs where the ledger stands now and keeps that outside the database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from broker.errors import BrokerError, Invalid, Unavailable
from broker.ledger.checkpoints.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from broker.ledger.checkpoints.notes import SEPARATOR, Vouching, parse_note, parse_notes, read_notes
from broker.ledger.checkpoints.since import check_since
from broker.ledger.signing.keys import PublicKey, SigningKey
from broker.ledger.subtrees import grow_subtrees
from broker.ledger.tree_in_database import root_at
from broker.ledger.verifying.faults import Fault, Kind, Report
from broker.store import Store

# Enough for the last hundred checkpoints; the file is read whole only when none of them is good.
_TAIL = 64 * 1024


class LedgerBroken(BrokerError):
    """The ledger does not go on from its last checkpoint; signing it would vouch for a fraud."""

    help = "Run: broker audit verify. Keep the database and the file of checkpoints as they are; they are evidence."

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"The ledger cannot be vouched for. {fault.words}")
        self.fault = fault


@dataclass(frozen=True)
class CheckpointKeeper:
    """Appends checkpoints to the file ``path``. Several processes may keep the same file."""

    path: Path
    key: SigningKey

    def keep(self, store: Store) -> Checkpoint | None:
        """Check what was added since the last checkpoint, sign where the ledger stands, and append that.

        Answers the checkpoint kept, the last one when nothing was added, or None while
        the ledger is empty. Raises LedgerBroken instead of signing a fork.
        """
        with _locked(self.path) as file:
            last = last_vouched(self.path, self.key.public)
            report = check_since(store, last, self.path, self.key.public)
            if report.first:
                raise LedgerBroken(report.first)
            if isinstance(last, Checkpoint) and last.size == report.last_seq:
                return last
            if report.last_seq == 0 or report.root is None:
                return None
            _keep_subtrees(store, report)
            checkpoint = Checkpoint(report.last_seq, report.root, store.clock.now())
            _append(file, sign_checkpoint(self.key, checkpoint))
            return checkpoint

    def add(self, note: str) -> bool:
        """Append a note again with more signatures on it, such as a witness's. Raises Invalid unless our key signed it.

        Not when a larger checkpoint was signed meanwhile: the file never goes back. Whether it was appended.
        """
        said = parse_checkpoint(note, self.key.public)
        with _locked(self.path) as file:
            last = self.last()
            if last and last[1].size > said.size:
                return False
            _append(file, note)
            return True

    def last(self) -> tuple[str, Checkpoint] | None:
        """The last checkpoint and its note, the latest with that many entries; None while there is none."""
        return last_checkpoint(self.path, self.key.public) if self.path.exists() else None


def last_vouched(path: Path, key: PublicKey) -> Vouching | None:
    """The last that ``key`` signed in the file; a part torn by a power cut is passed over."""
    return max(_signed(path, key), key=_order, default=None)


def last_checkpoint(path: Path, key: PublicKey) -> tuple[str, Checkpoint] | None:
    """The last checkpoint that ``key`` signed in the file, and its note with every signature on it."""
    for tail in (_TAIL, None):
        found: tuple[str, Checkpoint] | None = None
        for note in read_notes(path, tail):
            try:
                said = parse_note(note, key)
            except Invalid:
                continue
            if isinstance(said, Checkpoint) and (found is None or said.size >= found[1].size):
                found = note, said
        if found:
            return found
    return None


def _signed(path: Path, key: PublicKey) -> list[Vouching]:
    for tail in (_TAIL, None):
        found = [said for said in parse_notes(read_notes(path, tail), key) if isinstance(said, Vouching)]
        if found:
            return found
    return []


def _order(said: Vouching) -> tuple[int, bool]:
    return said.size, isinstance(said, Checkpoint)


def _keep_subtrees(store: Store, report: Report) -> None:
    try:
        grow_subtrees(store, report.last_seq)
    except Unavailable:
        # They can be made again at any time; that the ledger stands here must be signed now.
        return
    with store.read() as reader:
        found = root_at(reader, report.last_seq)
    if found != report.root:
        words = (
            "The hashes kept of its earlier parts do not lead to its root: they or the entries were altered."
        )
        raise LedgerBroken(Fault(Kind.SUBTREE, None, words))


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _append(file: BinaryIO, note: str) -> None:
    size = os.fstat(file.fileno()).st_size
    torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
    mend = "\n" if torn else ""
    file.write(f"{mend}{SEPARATOR}\n{note}".encode())
    file.flush()
    os.fsync(file.fileno())
