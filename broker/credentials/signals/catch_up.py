"""Holds the ledger against the outbox: an end that nobody put down for a receiver is put down now.

The ledger is the truth of what has ended. Each receiver remembers up to where it was heard, so every
entry is looked at once, whatever kept it from the outbox when it was written.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from broker.credentials.signals.observer import WHO_IS_TOLD, put_down, rows_for
from broker.credentials.signals.over import ends_something
from broker.credentials.signals.tables import receivers, signal_outbox
from broker.ledger.entry import Recorded
from broker.ledger.read import entries_after
from broker.store import Reader, Store, Transaction

_HEARD = select(func.min(receivers.c.heard_seq)).where(receivers.c.removed_at.is_(None))


def catch_up(store: Store, issuer: str) -> int:
    """One page of the ledger; how many events had been overlooked."""
    with store.read() as reader:
        heard = reader.execute(_HEARD).scalar_one()
        page = [] if heard is None else entries_after(reader, heard)
    if not page:
        return 0
    with store.write() as tx:
        missing = [row for each in page for row in _missing(tx, issuer, each)]
        put_down(tx, missing)
        behind = receivers.c.heard_seq < page[-1].seq
        tx.execute(update(receivers).where(behind).values(heard_seq=page[-1].seq))
    return len(missing)


def _missing(tx: Transaction, issuer: str, recorded: Recorded) -> list[dict[str, Any]]:
    if not ends_something(recorded.entry.event):
        return []
    expected = rows_for(tx, issuer, recorded, tx.all(WHO_IS_TOLD.where(receivers.c.heard_seq < recorded.seq)))
    there = _known(tx, recorded.seq) if expected else frozenset()
    return [row for row in expected if _key(row) not in there]


def _known(reader: Reader, seq: int) -> frozenset[tuple[str, str, str]]:
    row = signal_outbox.c
    found = reader.all(select(row.receiver_id, row.event, row.subject).where(row.ledger_seq == seq))
    return frozenset((each.receiver_id, each.event, each.subject) for each in found)


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["receiver_id"], row["event"], row["subject"]
