"""Where the ledger stands, and whether all of it is as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.ledger.entry import Recorded
from broker.ledger.faults import Report
from broker.ledger.heads import Head, parse_heads, read_notes
from broker.ledger.keep import HeadKeeper, last_head
from broker.ledger.read import latest
from broker.ledger.snapshot import snapshot
from broker.ledger.triggers import missing_guards
from broker.ledger.verify import verify
from broker.store import Store


@dataclass(frozen=True)
class Standing:
    """``last`` is None while nothing was written, ``head`` while nothing was signed."""

    last: Recorded | None
    head: Head | None

    @property
    def size(self) -> int:
        return self.last.seq if self.last else 0

    @property
    def beyond_head(self) -> int:
        """How many of the last entries no signed head vouches for yet; below zero when entries are missing."""
        return self.size - (self.head.size if self.head else 0)


@dataclass(frozen=True)
class Checked:
    """``unguarded`` names triggers that are gone: the database no longer refuses to change the past."""

    report: Report
    unguarded: tuple[str, ...]
    at: datetime

    @property
    def ok(self) -> bool:
        return self.report.ok and not self.unguarded


def standing(store: Store, keeper: HeadKeeper) -> Standing:
    """A look that costs two small reads, and checks nothing."""
    head = last_head(keeper.path, keeper.key.public) if keeper.path.exists() else None
    with store.read() as reader:
        return Standing(latest(reader), head)


def check(store: Store, keeper: HeadKeeper) -> Checked:
    """Read every entry and hold it against its digest, its neighbour and the signed heads. Writes nothing."""
    # The heads are looked at before the entries, or the newest could count entries not seen here.
    notes = read_notes(keeper.path) if keeper.path.exists() else ()
    with snapshot(store) as look:
        heads = parse_heads(notes, keeper.key.public)
        report = verify(look.entries(), stored_head=look.head(), heads=heads)
        return Checked(report, tuple(missing_guards(look.connection)), store.clock.now())
