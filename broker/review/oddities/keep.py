"""Looks for oddities every few minutes and keeps what it found, so that a page need not look itself."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from broker.access.equipment import Equipment
from broker.clock import new_id
from broker.review.oddities.found import Found
from broker.review.oddities.kin_marks import KinMarks
from broker.review.oddities.look_at import look_at
from broker.review.oddities.reading.material import read_material
from broker.review.oddities.tables import oddities
from broker.store import Transaction

_Key = tuple[str, str, str]


def look_for_oddities(equipment: Equipment, zone: tzinfo, kin: KinMarks | None = None) -> int:
    """Look once; how many oddities wait for somebody now. Reads first, and keeps nobody waiting meanwhile."""
    with equipment.store.read() as reader:
        found = look_at(read_material(reader, equipment, zone, kin), equipment.catalog.oddities)
        if _is_known(reader.all(select(oddities)), found):
            return _waiting(reader.all(select(oddities)))
    # Another process that looks as well may have put the same down: then its rows stand.
    with suppress(IntegrityError), equipment.store.write() as tx:
        keep(tx, found)
    with equipment.store.read() as reader:
        return _waiting(reader.all(select(oddities)))


def keep(tx: Transaction, found: Iterable[Found]) -> None:
    """Put down what was found. What was looked at stays looked at until at least half of its rows are newer."""
    before = {_key_of(row): row for row in tx.all(select(oddities))}
    for each in found:
        row = before.pop(_key(each), None)
        if row is None:
            tx.execute(insert(oddities).values(id=new_id("odd"), found_at=tx.at, **_values(each)))
            continue
        again = row.looked_at is not None and _is_new_again(each, row.looked_at)
        looked: dict[str, Any] = {"looked_at": None, "looked_by": None, "found_at": tx.at} if again else {}
        tx.execute(update(oddities).where(oddities.c.id == row.id).values(**_values(each), **looked))
    over = [row.id for row in before.values() if row.looked_at is None]
    tx.execute(delete(oddities).where(oddities.c.id.in_(over)))


def _is_known(rows: Iterable[Row[Any]], found: Iterable[Found]) -> bool:
    """Whether it is all there already: then nothing has to be written."""
    here = {_key_of(row): (row.rows, row.looked_at) for row in rows}
    news = {_key(each): each for each in found}
    waiting = {key for key, (_, looked_at) in here.items() if looked_at is None}
    return waiting <= set(news) and all(
        key in here
        and here[key][0] == list(each.rows)
        and (here[key][1] is None or not _is_new_again(each, here[key][1]))
        for key, each in news.items()
    )


def _is_new_again(found: Found, looked_at: datetime) -> bool:
    return 2 * found.since(looked_at) >= len(found.rows)


def _values(found: Found) -> dict[str, Any]:
    return {
        "signal": found.signal,
        "person_id": found.person_id,
        "other_id": found.other_id,
        "rows": list(found.rows),
        "facts": dict(found.facts),
        "newest_at": found.newest_at,
    }


def _key(found: Found) -> _Key:
    return (found.signal, found.person_id, found.other_id)


def _key_of(row: Row[Any]) -> _Key:
    return (row.signal, row.person_id, row.other_id)


def _waiting(rows: Iterable[Row[Any]]) -> int:
    return sum(row.looked_at is None for row in rows)
