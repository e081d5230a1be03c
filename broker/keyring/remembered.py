"""Keys that were withdrawn, as the ledger remembers them: an old row put back does not revive one."""

from __future__ import annotations

from sqlalchemy import select

from broker.ledger.body import decompose
from broker.ledger.tables import ledger_entries
from broker.store import Reader

WITHDRAWN = "keys.withdrawn"

_TOLD = select(ledger_entries.c.body, ledger_entries.c.digest).where(ledger_entries.c.event == WITHDRAWN)


def withdrawn_before(reader: Reader) -> frozenset[str]:
    """The ids of every key that was ever withdrawn here."""
    told = [decompose(row.body, row.digest) for row in reader.all(_TOLD)]
    return frozenset(str(each.entry.facts.get("kid")) for each in told)
