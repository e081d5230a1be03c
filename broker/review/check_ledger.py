"""Where the ledger stands, and whether all of it is as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.ledger.body import parse_instant
from broker.ledger.faults import Report
from broker.ledger.heads import Head, parse_heads, read_notes
from broker.ledger.keep import HeadKeeper, last_head
from broker.ledger.snapshot import Snapshot, snapshot
from broker.ledger.triggers import missing_guards
from broker.ledger.verify import verify
from broker.store import Store


@dataclass(frozen=True)
class Standing:
    """What the database says of its end, unchecked, and the last head that was signed.

    ``size`` is None when even that cannot be read; ``head`` is None while nothing was signed.
    """

    size: int | None
    last_at: datetime | None
    last_event: str
    head: Head | None

    @property
    def unsigned(self) -> int:
        """How many of the last entries no signed head vouches for yet."""
        return max(0, (self.size or 0) - (self.head.size if self.head else 0))


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
    """A look that costs two small reads and trusts nothing it reads to be whole."""
    head = last_head(keeper.path, keeper.key.public) if keeper.path.exists() else None
    with snapshot(store) as look:
        return _standing(look, head)


def check(store: Store, keeper: HeadKeeper) -> Checked:
    """Read every entry and hold it against its digest, its neighbour and the signed heads. Writes nothing."""
    # The heads are looked at before the entries, or the newest could count entries not seen here.
    notes = read_notes(keeper.path) if keeper.path.exists() else ()
    with snapshot(store) as look:
        heads = parse_heads(notes, keeper.key.public)
        report = verify(look.entries(), stored_head=look.head(), heads=heads)
        return Checked(report, tuple(missing_guards(look.connection)), store.clock.now())


def _standing(look: Snapshot, head: Head | None) -> Standing:
    stored = look.head()
    if stored is None:
        return Standing(None, None, "", head)
    last = next(look.entries(stored.seq - 1), None)
    event = str(last.columns[2]) if last and last.columns else ""
    return Standing(stored.seq, _instant(stored.at) if stored.seq else None, event, head)


def _instant(written: str) -> datetime | None:
    try:
        return parse_instant(written)
    except (ValueError, TypeError):
        return None
