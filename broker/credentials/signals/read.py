"""Looks at what receivers were told: for the administrators' page and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from broker.credentials.signals.receivers import Receiver, list_receivers
from broker.credentials.signals.tables import receivers, signal_outbox
from broker.store import Reader

MOST_SHOWN = 100


@dataclass(frozen=True)
class Told:
    """A receiver, and how many events it has, waits for, refused and still waits for, and was given up for."""

    receiver: Receiver
    taken: int
    waiting: int
    given_up: int
    refused: int = 0

    @property
    def well(self) -> bool:
        """Nothing was given up, and what waits was not refused and has found nobody away."""
        return not (self.given_up or self.receiver.failures or self.refused)


@dataclass(frozen=True)
class Undelivered:
    """One event its receiver does not have; ``dead_at`` is None while it is still tried."""

    id: str
    receiver: str
    event: str
    grant_id: str | None
    created_at: datetime
    tries: int
    dead_at: datetime | None
    fault: str


def told(reader: Reader) -> list[Told]:
    """Every receiver, by name."""
    row = signal_outbox.c
    counted = select(
        row.receiver_id,
        func.count(row.sent_at).label("taken"),
        func.count(row.dead_at).label("given_up"),
        func.count().label("events"),
        func.count().filter(row.tries > 0, row.sent_at.is_(None)).label("refused"),
    ).group_by(row.receiver_id)
    counts = {each.receiver_id: each for each in reader.all(counted)}
    return [_told(each, counts) for each in list_receivers(reader)]


def undelivered(reader: Reader) -> list[Undelivered]:
    """What receivers do not have, the oldest first, at most a hundred."""
    row = signal_outbox.c
    open_still = row.sent_at.is_(None) & receivers.c.removed_at.is_(None)
    columns = (
        row.id,
        receivers.c.name.label("receiver"),
        row.event,
        row.grant_id,
        row.created_at,
        row.tries,
        row.dead_at,
    )
    found = select(*columns, func.coalesce(row.last_fault, receivers.c.fault, "").label("fault"))
    ordered = found.join(receivers).where(open_still).order_by(row.ledger_seq, row.id).limit(MOST_SHOWN)
    return [Undelivered(**row._mapping) for row in reader.all(ordered)]  # noqa: SLF001 - SQLAlchemy's way


def _told(receiver: Receiver, counts: dict[str, Row[Any]]) -> Told:
    found = counts.get(receiver.id)
    if found is None:
        return Told(receiver, 0, 0, 0)
    return Told(
        receiver, found.taken, found.events - found.taken - found.given_up, found.given_up, found.refused
    )
