"""Holds the whole ledger in the database against itself and against the heads signed outside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from broker.ledger.checkpoints.heads import parse_heads, read_notes
from broker.ledger.signing.keys import PublicKey
from broker.ledger.snapshot import snapshot
from broker.ledger.triggers import missing_guards
from broker.ledger.verifying.faults import Report
from broker.ledger.verifying.verify import verify
from broker.store import Store


@dataclass(frozen=True)
class Checked:
    """``unguarded`` names triggers that are gone: the database no longer refuses to change the past."""

    report: Report
    unguarded: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.report.ok and not self.unguarded


def check_database(store: Store, heads: Path, key: PublicKey) -> Checked:
    """Read every entry; ``heads`` is the file of signed heads, which need not exist. Writes nothing."""
    # The heads are looked at before the entries, or the newest could count entries not seen here.
    signed = parse_heads(read_notes(heads), key) if heads.exists() else ()
    with snapshot(store) as look:
        report = verify(look.entries(), stored_head=look.head(), heads=signed)
        return Checked(report, tuple(missing_guards(look.connection)))
