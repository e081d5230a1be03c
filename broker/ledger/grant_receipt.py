"""Reads a grant's receipt from the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from broker.errors import Conflict
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.exporting.receipt import About, Signed, build_receipt
from broker.ledger.tables import ledger_entries
from broker.ledger.tree_in_database import nodes_of
from broker.store import Store


class NotVouchedYet(Conflict):
    """No checkpoint reaches the entry by which this access was granted."""

    help = "The ledger signs one every half minute: try again then."

    def __init__(self) -> None:
        super().__init__("The ledger has not signed this access yet, so there is no receipt of it.")


# How the broker looked at it afterwards is not told to whom it looked at: the pages do not either.
EXAMINING = ("review.", "hold.", "erasure.", "disclosures.")


def receipt_of(
    store: Store, keeper: CheckpointKeeper, about: About, leave_out: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The receipt as JSON values, as far as the last checkpoint reaches. Writes nothing.

    Events that begin with one of ``leave_out`` are not in it. Raises
    NotVouchedYet, and Unavailable when the ledger does not fit its checkpoint.
    """
    # The checkpoint is read before the entries, or it could count entries not seen here.
    last = keeper.last()
    if last is None:
        raise NotVouchedYet
    entry = ledger_entries.c
    mine = or_(entry.grant_id == about.grant, entry.request_id == about.request)
    with store.read() as reader:
        columns = (entry.seq, entry.body, entry.event, entry.grant_id, entry.request_id)
        rows = reader.all(select(*columns).where(mine).order_by(entry.seq))
        granted = [row.seq for row in rows if (row.grant_id, row.request_id) == (about.grant, about.request)]
        if not granted or granted[0] > last[1].size:
            raise NotVouchedYet
        told = [(row.seq, row.body) for row in rows if not row.event.startswith(leave_out)]
        return build_receipt(about, Signed(*last, keeper.key.public), nodes_of(reader), told)
