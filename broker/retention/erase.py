"""Erases notes: each loses its key for ever, and the ledger says that, when, by whom and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select

from broker.access.equipment import Equipment
from broker.access.tables import access_requests, grants, reviews
from broker.ledger.entry import Entry
from broker.notes.tables import notes
from broker.retention.tables import legal_holds
from broker.retention.thing import notes_of
from broker.store import Reader, Transaction
from broker.store.leftovers import let_go_of_leftovers

BATCH = 200
RETENTION = "retention"

_HELD = (
    exists()
    .where(legal_holds.c.released_at.is_(None), notes_of(legal_holds.c.kind, legal_holds.c.thing_id))
    .correlate(notes)
)
_given = grants.alias()
# Somebody still has to read what was written, to judge the access.
_TO_BE_REVIEWED = (
    exists()
    .where(
        _given.c.request_id == notes.c.request_id,
        reviews.c.grant_id == _given.c.id,
        reviews.c.signed_at.is_(None),
    )
    .correlate(notes)
)


def erase_due(equipment: Equipment) -> int:
    """Erase every note that policy keeps no longer, batch by batch; how many. Nothing where policy sets no time."""
    keep = equipment.catalog.keeping.notes
    if keep is None:
        return 0
    erased = 0
    while some := _erase_some(equipment, keep):
        erased += some
    if erased:
        let_go_of_leftovers(equipment.store)
    return erased


def erase_notes(
    tx: Transaction, equipment: Equipment, which: ColumnElement[bool], actor: str, because: str
) -> int:
    """Erase the notes ``which`` names that no hold keeps and no open review needs; how many."""
    left = notes.c.erased_at.is_(None) & which & ~_HELD & ~_TO_BE_REVIEWED
    rows = tx.all(_with_ids().where(left))
    return sum(_erase(tx, equipment, row, actor, because) for row in rows)


def kept_back(reader: Reader, which: ColumnElement[bool]) -> int:
    """How many of the notes ``which`` names a hold keeps, or an open review."""
    kept = notes.c.erased_at.is_(None) & which & (_HELD | _TO_BE_REVIEWED)
    return int(reader.execute(select(func.count()).select_from(notes).where(kept)).scalar_one())


def due_count(reader: Reader, keep: timedelta) -> tuple[int, int]:
    """How many notes are past their time and will be erased, and how many of them are kept back."""
    over = _over(reader.at, keep)
    kept = kept_back(reader, over)
    due = select(func.count()).select_from(notes).where(notes.c.erased_at.is_(None) & over)
    return int(reader.execute(due).scalar_one()) - kept, kept


def _erase_some(equipment: Equipment, keep: timedelta) -> int:
    with equipment.store.read() as reader:
        if not reader.all(_due(reader.at, keep, 1)):
            return 0
    with equipment.store.write() as tx:
        rows = tx.all(_due(tx.at, keep, BATCH))
        return sum(_erase(tx, equipment, row, "broker", RETENTION) for row in rows)


def _due(now: datetime, keep: timedelta, most: int) -> Select[Any]:
    free = notes.c.erased_at.is_(None) & _over(now, keep) & ~_HELD & ~_TO_BE_REVIEWED
    return _with_ids().where(free).order_by(notes.c.written_at, notes.c.id).limit(most)


def _over(now: datetime, keep: timedelta) -> ColumnElement[bool]:
    return notes.c.written_at <= now - keep


def _with_ids() -> Select[Any]:
    """Notes with whose access each is about, and its grant where there is one."""
    told = notes.outerjoin(access_requests, access_requests.c.id == notes.c.request_id).outerjoin(
        grants, grants.c.request_id == notes.c.request_id
    )
    found = (notes.c.id, notes.c.kind, notes.c.request_id, access_requests.c.person_id)
    return select(*found, grants.c.id.label("grant_id")).select_from(told)


def _erase(tx: Transaction, equipment: Equipment, row: Row[Any], actor: str, because: str) -> bool:
    if not equipment.notes.erase(tx, row.id):
        return False
    facts = {"note": row.id, "kind": row.kind, "because": because}
    equipment.ledger.append(
        tx, Entry("note.erased", actor, row.request_id, row.grant_id, row.person_id, facts)
    )
    return True
