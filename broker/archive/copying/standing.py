"""The row that remembers how far an archive has come. It is a convenience: the archive itself can be read instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select

from broker.archive.copying.point import NOWHERE, Point
from broker.archive.tables import archives
from broker.store import Reader


@dataclass(frozen=True)
class Standing:
    """``vouched_size`` is of the last checkpoint that was archived, ``stamped_size`` of the last one time-stamped."""

    place: str
    key_id: str
    point: Point = field(default=NOWHERE)
    planned_size: int | None = None
    vouched_size: int = 0
    stamped_size: int = 0
    archived_at: datetime | None = None
    failures: int = 0
    next_try_at: datetime | None = None
    fault: str | None = None
    stamp_fault: str | None = None
    contradicted_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        return self.next_try_at is not None and now < self.next_try_at


def standing_of(reader: Reader, place: str, key_id: str) -> Standing:
    """Where an archive stands; at the beginning when nothing was archived yet."""
    row = reader.one_or_none(select(archives).where(row_of(place, key_id)))
    if row is None:
        return Standing(place, key_id)
    point = Point(row.size, row.digest, row.last_at, tuple(row.subtrees))
    return Standing(
        place,
        key_id,
        point,
        row.planned_size,
        row.vouched_size,
        row.stamped_size,
        row.archived_at,
        row.failures,
        row.next_try_at,
        row.fault,
        row.stamp_fault,
        row.contradicted_at,
    )


def standings(reader: Reader) -> list[Standing]:
    """Of every place and every ledger there was, by name."""
    keys = select(archives.c.place, archives.c.key_id).order_by(archives.c.place, archives.c.key_id)
    return [standing_of(reader, row.place, row.key_id) for row in reader.all(keys)]


def row_of(place: str, key_id: str) -> ColumnElement[bool]:
    """The condition that names one archive of one ledger."""
    return (archives.c.place == place) & (archives.c.key_id == key_id)
