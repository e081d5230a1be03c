"""Watches the ledger: what ends is put into the outbox of every receiver it concerns, in the same commit.

Nothing here may keep an end of access from being written down. So it happens behind a savepoint, signs
nothing and calls nobody; what could not be put down is found again in the ledger (see ``catch_up``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Row, insert, select

from broker.clock import new_id
from broker.credentials.signals.over import Over, ends_something, what_is_over
from broker.credentials.signals.tables import KEEPS_TRYING, receivers, signal_outbox
from broker.ledger.entry import Recorded
from broker.store import Reader, Transaction

# Read while access is being ended, so it reads no more than it needs.
WHO_IS_TOLD = select(receivers.c.id, receivers.c.concerned_with).where(receivers.c.removed_at.is_(None))
_PUT_DOWN = insert(signal_outbox)

log = structlog.get_logger("broker.signals")


class SignalQueue:
    """An observer of the ledger (see ``broker.ledger.chain``). ``issuer`` is the broker's own address."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def __call__(self, tx: Transaction, recorded: Recorded) -> None:
        if not ends_something(recorded.entry.event):
            return
        here = tx.connection.begin_nested()
        try:
            put_down(tx, rows_for(tx, self._issuer, recorded, tx.all(WHO_IS_TOLD)))
        except Exception:
            # Raises where the whole transaction is lost already: then nothing of it stands.
            here.rollback()
            log.exception("signal_not_written", signal_event=recorded.entry.event, seq=recorded.seq)
        else:
            here.commit()


def rows_for(
    reader: Reader, issuer: str, recorded: Recorded, told: Sequence[Row[Any]]
) -> list[dict[str, Any]]:
    """What ``told`` (rows of WHO_IS_TOLD) are to hear of one entry, as rows of the outbox. Nothing is written."""
    over = what_is_over(reader, issuer, recorded) if told else []
    return [_row(recorded, each, to) for to in told for each in over if _concerns(to, each)]


def put_down(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.execute(_PUT_DOWN, rows)


def _concerns(receiver: Row[Any], over: Over) -> bool:
    return not receiver.concerned_with or receiver.concerned_with in over.audiences


def _row(recorded: Recorded, over: Over, to: Row[Any]) -> dict[str, Any]:
    return {
        "id": new_id("signal"),
        "receiver_id": to.id,
        "ledger_seq": recorded.seq,
        "event": over.event.value,
        "subject": over.subject,
        "grant_id": over.grant_id,
        # Whoever gets several of these sees that one cause brought them about.
        "said": {**over.said, "txn": recorded.digest[:32]},
        "created_at": recorded.at,
        "next_try_at": recorded.at,
        "gives_up_at": recorded.at + KEEPS_TRYING,
        "tries": 0,
    }
