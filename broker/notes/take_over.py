"""Seals the notes of an earlier version, which lay readable in the database."""

from __future__ import annotations

from sqlalchemy import select

from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.notes.note_box import NoteBox
from broker.notes.tables import notes
from broker.store import Store
from broker.store.leftovers import let_go_of_leftovers

BATCH = 500

_PLAIN = select(notes).where(notes.c.plain.is_not(None)).order_by(notes.c.id).limit(BATCH)


def seal_plain_notes(store: Store, ledger: Ledger, box: NoteBox) -> int:
    """Seal every note that is still plain text; how many there were. A second process finds none left."""
    sealed = 0
    while some := _seal_some(store, ledger, box):
        sealed += some
    if sealed:
        let_go_of_leftovers(store)
    return sealed


def _seal_some(store: Store, ledger: Ledger, box: NoteBox) -> int:
    with store.read() as reader:
        if not reader.all(_PLAIN):
            return 0
    with store.write() as tx:
        rows = tx.all(_PLAIN)
        for row in rows:
            box.take_over(tx, row)
        if rows:
            ledger.append(tx, Entry("notes.sealed", "broker", facts={"count": len(rows)}))
    return len(rows)
