"""The latest instant the broker has seen, kept so that a clock set back over a restart revives nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Integer, Table, select, update

from broker.store.columns import UTCDateTime
from broker.store.metadata import metadata
from broker.store.unit_of_work import Reader, Store

high_water = Table(
    "high_water",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seen_at", UTCDateTime, nullable=False),
)


def latest_seen(reader: Reader) -> datetime | None:
    """The mark, None before the first one."""
    found: datetime | None = reader.execute(select(high_water.c.seen_at)).scalar_one_or_none()
    return found


def mark_time(store: Store) -> None:
    """Raise the mark to now. It never falls."""
    with store.write() as tx:
        mark = latest_seen(tx)
        if mark is None:
            tx.execute(high_water.insert().values(id=1, seen_at=tx.at))
        elif tx.at > mark:
            tx.execute(update(high_water).values(seen_at=tx.at))
