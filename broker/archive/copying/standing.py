"""The row that remembers how far an archive has come. It is a convenience: the archive itself can be read instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, insert, select, true, update

from broker.archive.copying.point import NOWHERE, Point
from broker.archive.tables import archives
from broker.store import Reader, Store

_FAULT_SHOWN: Final = 500
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 10


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

    def waits(self, now: datetime) -> bool:
        return self.next_try_at is not None and now < self.next_try_at


def standing_of(reader: Reader, place: str, key_id: str) -> Standing:
    """Where an archive stands; at the beginning when nothing was archived yet."""
    row = reader.one_or_none(select(archives).where(_is(place, key_id)))
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
    )


def standings(reader: Reader) -> list[Standing]:
    """Of every place and every ledger there was, by name."""
    keys = select(archives.c.place, archives.c.key_id).order_by(archives.c.place, archives.c.key_id)
    return [standing_of(reader, row.place, row.key_id) for row in reader.all(keys)]


def planned(store: Store, left: Standing, last: int, *, is_there: bool) -> Standing:
    """Tell where the next object ends before it is written, so that neither a crash nor another node begins another.

    Answers where the archive stands now, with the end that counts: the first that was told, unless the object
    ``is_there`` already. Without an end another node went on meanwhile.
    """
    free = true() if is_there else archives.c.planned_size.is_(None)
    _change(store, left, {"planned_size": last}, also=free)
    with store.read() as reader:
        return standing_of(reader, left.place, left.key_id)


def went_on(store: Store, left: Standing, point: Point) -> bool:
    """Move on from where ``left`` stood; False when another process did so meanwhile."""
    at = store.clock.now()
    moved = {
        "size": point.size,
        "planned_size": None,
        "digest": point.digest,
        "last_at": point.at,
        "subtrees": list(point.subtrees),
        "archived_at": at,
    }
    return _change(store, left, moved)


def vouched(store: Store, left: Standing, size: int) -> bool:
    """Up to the checkpoint of ``size`` all is archived: whatever was wrong is over."""
    well = {"vouched_size": size, "failures": 0, "next_try_at": None, "fault": None}
    return _change(store, left, well | {"archived_at": store.clock.now()})


def recovered(store: Store, left: Standing) -> bool:
    """It can be used again, though nothing was new."""
    return _change(store, left, {"failures": 0, "next_try_at": None, "fault": None})


def stamped(store: Store, left: Standing, size: int, fault: str | None) -> bool:
    """A time-stamp for the checkpoint of ``size`` is kept, or why there is none."""
    told = fault[:_FAULT_SHOWN] if fault else None
    done = {"stamp_fault": told} if fault else {"stamped_size": size, "stamp_fault": None}
    return _change(store, left, done)


def failed(store: Store, left: Standing, words: str, pace: float) -> bool:
    """Note what went wrong, and wait longer each time: ``pace`` seconds, doubled, at most a quarter of an hour."""
    pause = min(_LONGEST_PAUSE, timedelta(seconds=pace * 2 ** min(left.failures, _MOST_DOUBLINGS)))
    fault = {"fault": words[:_FAULT_SHOWN], "failures": left.failures + 1}
    return _change(store, left, fault | {"next_try_at": store.clock.now() + pause})


def _change(
    store: Store, left: Standing, values: dict[str, Any], also: ColumnElement[bool] | None = None
) -> bool:
    with store.write() as tx:
        if tx.one_or_none(select(archives.c.size).where(_is(left.place, left.key_id))) is None:
            if left.point != NOWHERE:
                return False
            tx.execute(insert(archives).values(**_new(left)))
        same = _is(left.place, left.key_id) & (archives.c.size == left.point.size)
        return (
            tx.execute(
                update(archives).where(same if also is None else same & also).values(**values)
            ).rowcount
            == 1
        )


def _new(begins: Standing) -> dict[str, Any]:
    return {
        "place": begins.place,
        "key_id": begins.key_id,
        "size": 0,
        "digest": NOWHERE.digest,
        "last_at": NOWHERE.at,
        "subtrees": [],
        "vouched_size": 0,
        "stamped_size": 0,
        "failures": 0,
    }


def _is(place: str, key_id: str) -> ColumnElement[bool]:
    return (archives.c.place == place) & (archives.c.key_id == key_id)
