"""Writes down how an archive gets on: each a conditional change, so that of two processes one is told that it was slower."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, insert, select, true, update

from broker.archive.copying.point import NOWHERE, Point
from broker.archive.copying.standing import Standing, row_of, standing_of
from broker.archive.tables import archives
from broker.store import Store, Transaction

_FAULT_SHOWN: Final = 500
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 10
_WELL: Final = {"failures": 0, "next_try_at": None, "fault": None, "contradicted_at": None}


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
    return _change(store, left, _WELL | {"vouched_size": size, "archived_at": store.clock.now()})


def recovered(store: Store, left: Standing) -> bool:
    """It can be used again, though nothing was new."""
    return _change(store, left, _WELL)


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


def contradicted(store: Store, left: Standing, tell: Callable[[Transaction], object]) -> bool:
    """Archive and ledger say different things: ``tell`` runs in the same commit, and only the first time."""
    new = archives.c.contradicted_at.is_(None)
    return _change(store, left, {"contradicted_at": store.clock.now()}, also=new, then=tell)


def _change(
    store: Store,
    left: Standing,
    values: dict[str, Any],
    *,
    also: ColumnElement[bool] | None = None,
    then: Callable[[Transaction], object] | None = None,
) -> bool:
    with store.write() as tx:
        if tx.one_or_none(select(archives.c.size).where(row_of(left.place, left.key_id))) is None:
            if left.point != NOWHERE:
                return False
            tx.execute(insert(archives).values(**_new(left)))
        same = row_of(left.place, left.key_id) & (archives.c.size == left.point.size)
        changed = update(archives).where(same if also is None else same & also).values(**values)
        done = tx.execute(changed).rowcount == 1
        if done and then:
            then(tx)
        return done


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
