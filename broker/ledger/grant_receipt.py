"""Reads a grant's receipt from the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from broker.errors import Unavailable
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.exporting.receipt import About, Signed, build_receipt
from broker.ledger.tables import ledger_entries
from broker.ledger.tree_in_database import nodes_of
from broker.store import Store


def receipt_of(store: Store, keeper: CheckpointKeeper, about: About) -> dict[str, Any]:
    """The receipt as JSON values, as far as the last checkpoint reaches. Writes nothing.

    Raises Unavailable while nothing is under a checkpoint, and when the ledger does not fit it.
    """
    # The checkpoint is read before the entries, or it could count entries not seen here.
    last = keeper.last()
    if last is None:
        raise Unavailable(
            "The ledger has not signed a checkpoint yet, so there is no receipt.",
            help="It signs one every half minute: try again then.",
        )
    entry = ledger_entries.c
    mine = or_(entry.grant_id == about.grant, entry.request_id == about.request)
    with store.read() as reader:
        rows = reader.all(select(entry.seq, entry.body).where(mine).order_by(entry.seq))
        signed = Signed(*last, keeper.key.public)
        return build_receipt(about, signed, nodes_of(reader), [(row.seq, row.body) for row in rows])
