"""Holds the whole ledger in the database against itself and against the checkpoints outside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from broker.ledger.check_subtrees import SubtreeCheck
from broker.ledger.checkpoints.notes import parse_notes, read_notes
from broker.ledger.signing.keys import PublicKey
from broker.ledger.snapshot import Snapshot, snapshot
from broker.ledger.triggers import missing_guards
from broker.ledger.verifying.faults import KEPT_FAULTS, Report, Tally
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


def check_database(store: Store, checkpoints: Path, key: PublicKey) -> Checked:
    """Read every entry; ``checkpoints`` is the file of notes, which need not exist. Writes nothing."""
    # The file is looked at before the entries, or its newest could count entries not seen here.
    notes = read_notes(checkpoints) if checkpoints.exists() else ()
    with snapshot(store) as look:
        return Checked(_report(look, notes, key), tuple(missing_guards(look.connection)))


def _report(look: Snapshot, notes: Iterable[str], key: PublicKey) -> Report:
    tally = Tally()
    subtrees = SubtreeCheck(look.connection, tally)
    signed = parse_notes(notes, key)
    report = verify(look.entries(), stored_head=look.head(), checkpoints=signed, on_tile=subtrees.tell)
    # After a missing entry no subtree is known, and the gap was told.
    if report.root:
        subtrees.finish()
    faults = (*report.faults, *tally.faults)[:KEPT_FAULTS]
    return replace(report, faults=faults, fault_count=report.fault_count + tally.count)
