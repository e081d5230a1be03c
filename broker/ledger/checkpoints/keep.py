"""Signs where the chain stands now and keeps that outside the database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from broker.errors import BrokerError
from broker.ledger.checkpoints.heads import SEPARATOR, Head, parse_heads, read_notes, sign_head
from broker.ledger.signing.keys import PublicKey, SigningKey
from broker.ledger.snapshot import snapshot
from broker.ledger.verifying.faults import Fault, Kind, Report
from broker.ledger.verifying.verify import BEGINNING, Start, verify
from broker.store import Store

# Enough for the last few hundred heads; the file is read whole only when none of them is good.
_TAIL = 64 * 1024


class LedgerBroken(BrokerError):
    """The chain does not go on from its last signed head; signing it would vouch for a fraud."""

    help = "Run: broker audit verify. Keep the database and the heads file as they are; they are evidence."

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"The ledger cannot be vouched for. {fault.words}")
        self.fault = fault


@dataclass(frozen=True)
class HeadKeeper:
    """Appends signed heads to the file ``path``. Several processes may keep the same file."""

    path: Path
    key: SigningKey

    def keep(self, store: Store) -> Head | None:
        """Check what was added since the last head, sign where the chain stands, and append that.

        Answers the head kept, the last one when nothing was added, or None while
        the ledger is empty. Raises LedgerBroken instead of signing a fork.
        """
        with _locked(self.path) as file:
            last = last_head(self.path, self.key.public)
            report = _check_since(store, last)
            if report.first:
                raise LedgerBroken(report.first)
            if last and last.size == report.last_seq:
                return last
            if report.last_seq == 0:
                return None
            head = Head(report.last_seq, report.last_digest, store.clock.now())
            _append(file, sign_head(self.key, head))
            return head


def last_head(path: Path, key: PublicKey) -> Head | None:
    """The last head in the file that ``key`` signed; a part torn by a power cut is passed over."""
    for tail in (_TAIL, None):
        found = [head for head in parse_heads(read_notes(path, tail), key) if isinstance(head, Head)]
        if found:
            return max(found, key=lambda head: head.size)
    return None


def _check_since(store: Store, last: Head | None) -> Report:
    start = Start(last.size, last.digest) if last else BEGINNING
    with snapshot(store) as look:
        stored = look.head()
        if stored and stored.seq < start.seq:
            words = f"A head of {start.seq} entries was signed, and the ledger ends with {stored.seq}: its end was cut off."
            raise LedgerBroken(Fault(Kind.TRUNCATED, stored.seq + 1, words))
        return verify(look.entries(start.seq), stored_head=stored, start=start)


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
