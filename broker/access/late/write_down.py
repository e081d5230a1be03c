"""What was put aside while nothing could be written goes into the ledger, marked late, with the state it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, insert, select

from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, grant_of
from broker.access.late.containments import write_down_order
from broker.access.late.folder_spool import REFUSED
from broker.access.late.lines import Lines
from broker.access.late.record import Late, LateKind
from broker.access.late.tables import late_records
from broker.access.tables import grants
from broker.access.take_back import begin_taking_back
from broker.ledger.body import instant
from broker.ledger.entry import Entry
from broker.store import Transaction

AT_ONCE = 200
"""Records in one commit: somebody else waits for the database meanwhile."""


def write_down_late(equipment: Equipment) -> int:
    """How many records were written down. Nothing waits: one look at the spool and no more.

    Unavailable while nothing can be written; the records then go on waiting. Killed
    anywhere, what was committed is known by its id and is not written twice.
    """
    waiting = equipment.spool.waiting()
    if not (waiting.records or waiting.refused):
        return 0
    written = 0
    for start in range(0, len(waiting.records), AT_ONCE):
        batch = waiting.records[start : start + AT_ONCE]
        with equipment.store.write() as tx:
            written += sum(_write_once(tx, equipment, each) for each in batch)
    _write_down_refused(equipment, waiting)
    equipment.spool.forget(waiting)
    return written


def _write_once(tx: Transaction, equipment: Equipment, late: Late) -> bool:
    if not _is_new(tx, late.id):
        return False
    _WRITERS[late.kind](tx, equipment, late)
    _mark(tx, late.id, late.kind, late.about, late.at)
    return True


def _write_end(tx: Transaction, equipment: Equipment, late: Late) -> None:
    grant = _grant(tx, late.about)
    cause = Cause(late.facts["cause"])
    if grant is not None and grant.state in LIVE:
        begin_taking_back(tx, equipment, grant, cause, actor=late.actor, marks=late.marks)
        return
    # It ended by another hand, or these records are older than its beginning.
    facts = {"cause": str(cause), **late.marks}
    equipment.ledger.append(tx, _entry("grant.ended_late", late, grant, facts))


def _write_told(tx: Transaction, equipment: Equipment, late: Late) -> None:
    facts = {**late.facts, **late.marks}
    equipment.ledger.append(tx, _entry("grant.told_late", late, _grant(tx, late.about), facts))


_WRITERS: Mapping[LateKind, Callable[[Transaction, Equipment, Late], None]] = {
    LateKind.ENDED: _write_end,
    LateKind.TOLD: _write_told,
    LateKind.CONTAINED: write_down_order,
}


def _write_down_refused(equipment: Equipment, waiting: Lines) -> None:
    """A line somebody else wrote changes nothing; that it was there is told once."""
    for line in waiting.refused:
        digest = sha256(line).hexdigest()
        with equipment.store.write() as tx:
            if _is_new(tx, f"line_{digest}"):
                facts = {"sha256": digest, "bytes": len(line), "kept_in": REFUSED}
                equipment.ledger.append(tx, Entry("late.line_refused", "broker", facts=facts))
                _mark(tx, f"line_{digest}", "refused", "", tx.at)
    if waiting.gaps:
        _write_down_gaps(equipment, waiting)


def _write_down_gaps(equipment: Equipment, waiting: Lines) -> None:
    with equipment.store.write() as tx:
        if _is_new(tx, f"gap_{waiting.last}"):
            facts = {"gaps": waiting.gaps, "seen_at": instant(tx.at)}
            equipment.ledger.append(tx, Entry("late.lines_missing", "broker", facts=facts))
            _mark(tx, f"gap_{waiting.last}", "gap", "", tx.at)


def _grant(tx: Transaction, grant_id: str) -> Grant | None:
    """As its row has it, whatever waits."""
    row: Row[Any] | None = tx.one_or_none(select(grants).where(grants.c.id == grant_id))
    return None if row is None else grant_of(row)


def _is_new(tx: Transaction, late_id: str) -> bool:
    return tx.one_or_none(select(late_records.c.id).where(late_records.c.id == late_id)) is None


def _mark(tx: Transaction, late_id: str, kind: str, about: str, happened_at: Any) -> None:
    row = {"id": late_id, "kind": kind, "about": about, "happened_at": happened_at, "written_at": tx.at}
    tx.execute(insert(late_records).values(row))


def _entry(event: str, late: Late, grant: Grant | None, facts: Mapping[str, Any]) -> Entry:
    if grant is None:
        return Entry(event, late.actor, grant=late.about, facts=facts)
    return Entry(event, late.actor, grant.request_id, grant.id, grant.person_id, facts)
