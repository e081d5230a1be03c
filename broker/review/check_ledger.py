"""Where the ledger stands, and whether all of it is as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.ledger.body import parse_instant
from broker.ledger.check_database import Checked, check_database
from broker.ledger.checkpoints.keep import CheckpointKeeper, last_vouched
from broker.ledger.checkpoints.notes import Vouching
from broker.ledger.snapshot import Snapshot, snapshot
from broker.notes.note_box import NoteBox
from broker.review.against_ledger.check import RowsChecked, check_rows
from broker.store import Store


@dataclass(frozen=True)
class Standing:
    """What the database says of its end, unchecked, and the last that was signed.

    ``size`` is None when even that cannot be read; ``signed`` is None while nothing was.
    """

    size: int | None
    last_at: datetime | None
    last_event: str
    signed: Vouching | None

    @property
    def unsigned(self) -> int:
        """How many of the last entries no checkpoint vouches for yet."""
        return max(0, (self.size or 0) - (self.signed.size if self.signed else 0))


@dataclass(frozen=True)
class CheckedAt(Checked):
    """The result, what the rows say otherwise than the ledger, and when it was true."""

    rows: RowsChecked
    at: datetime

    @property
    def ok(self) -> bool:
        return super().ok and self.rows.ok


def standing(store: Store, keeper: CheckpointKeeper) -> Standing:
    """A look that costs two small reads and trusts nothing it reads to be whole."""
    signed = last_vouched(keeper.path, keeper.key.public) if keeper.path.exists() else None
    with snapshot(store) as look:
        return _standing(look, signed)


def check(store: Store, keeper: CheckpointKeeper, notes: NoteBox | None = None) -> CheckedAt:
    """Hold every entry against its digest, its neighbour and the checkpoints, and the rows against them all."""
    checked = check_database(store, keeper.path, keeper.key.public)
    rows = check_rows(store, notes) if checked.report.ok else RowsChecked()
    return CheckedAt(checked.report, checked.unguarded, rows, store.clock.now())


def _standing(look: Snapshot, signed: Vouching | None) -> Standing:
    stored = look.head()
    if stored is None:
        return Standing(None, None, "", signed)
    last = next(look.entries(stored.seq - 1), None)
    event = str(last.columns[2]) if last and last.columns else ""
    return Standing(stored.seq, _instant(stored.at) if stored.seq else None, event, signed)


def _instant(written: str) -> datetime | None:
    try:
        return parse_instant(written)
    except (ValueError, TypeError):
        return None
