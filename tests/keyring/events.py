"""What the ledger keeps of the ring."""

from __future__ import annotations

from broker.ledger.body import decompose
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.store import Store


def entries(store: Store) -> list[Entry]:
    with store.read() as reader:
        rows = reader.all(ledger_entries.select().order_by(ledger_entries.c.seq))
    return [decompose(row.body, row.digest).entry for row in rows]


def events(store: Store) -> list[str]:
    return [entry.event for entry in entries(store)]
