"""Wrong tries slow down whoever makes them, and nobody else.

An account is counted by source, and once more over all the sources it has never
signed in from. So guessing from many places is slowed as one, while the person at
their own desk or browser never waits for what strangers did. A known source waits
a minute at most, until its own tries alone look like an attack.

Only signing in and confirming an act ask here. Handing back and revoking need no
code, so no lock ever stands in their way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select, true
from sqlalchemy import update as update_rows
from sqlalchemy.dialects import postgresql, sqlite

from broker.identity.tables import failed_tries
from broker.store import Reader, Transaction

FREE_TRIES = 5
FREE_TRIES_OF_STRANGERS = 20
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=15)
LONGEST_DELAY_KNOWN = timedelta(minutes=1)
# So many wrong tries from a known source are no typing errors any more.
PATIENCE_WITH_KNOWN = 50
FORGET_AFTER = timedelta(hours=24)

_ALL_STRANGERS = ""
_INSERTS: dict[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Kind(StrEnum):
    PASSWORD = "password"  # noqa: S105 - the name of what is tried
    CODE = "code"


@dataclass(frozen=True)
class Door:
    """What is tried, on whose account, from where; ``known`` when this account signed in from there before."""

    kind: Kind
    account: str
    source: str
    known: bool


def locked_until(reader: Reader, door: Door) -> datetime | None:
    """When the next try counts, or None when it may be made now."""
    until = reader.execute(
        select(func.max(failed_tries.c.locked_until)).where(_row(door, *_sources(door)))
    ).scalar_one()
    return until if until is not None and until > reader.at else None


def count_failure(tx: Transaction, door: Door) -> datetime | None:
    """Count one wrong try; the end of the lock when it brought one."""
    _forget_old(tx)
    locks = [_count(tx, door, source) for source in _sources(door)]
    return max((lock for lock in locks if lock is not None), default=None)


def clear(tx: Transaction, door: Door) -> None:
    """After success: this source starts anew. What strangers did stays counted."""
    tx.execute(delete(failed_tries).where(_row(door, door.source)))


def delay_after(failures: int, *, free: int, longest: timedelta) -> timedelta | None:
    """None for the free tries; then 30 s, doubled with every failure up to ``longest``."""
    if failures < free:
        return None
    doublings = min(failures - free, 10)
    return min(FIRST_DELAY * (1 << doublings), longest)


def _count(tx: Transaction, door: Door, source: str) -> datetime | None:
    failures, locked = _one_more(tx, door, source)
    if locked is not None and locked > tx.at:
        return locked
    delay = _delay(door, source, failures)
    if delay is None:
        return None
    until = tx.at + delay
    tx.execute(update_rows(failed_tries).where(_row(door, source)).values(locked_until=until))
    return until


def _one_more(tx: Transaction, door: Door, source: str) -> tuple[int, datetime | None]:
    """The count and the lock of one row; a row that a parallel try has locked meanwhile is left as it is."""
    insert = _INSERTS[tx.connection.dialect.name](failed_tries)
    row = failed_tries.c
    open_still = func.coalesce(row.locked_until <= insert.excluded.last_at, true())
    counted = insert.values(
        kind=door.kind.value, account=door.account, source=source, failures=1, last_at=tx.at
    ).on_conflict_do_update(
        index_elements=["kind", "account", "source"],
        set_={
            "failures": case((open_still, row.failures + 1), else_=row.failures),
            "last_at": _later(insert.excluded.last_at),
        },
    )
    found = tx.execute(counted.returning(row.failures, row.locked_until)).one()
    return found.failures, found.locked_until


def _later(at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    return case((failed_tries.c.last_at > at, failed_tries.c.last_at), else_=at)


def _delay(door: Door, source: str, failures: int) -> timedelta | None:
    if source == _ALL_STRANGERS:
        return delay_after(failures, free=FREE_TRIES_OF_STRANGERS, longest=LONGEST_DELAY)
    trusted = door.known and failures < PATIENCE_WITH_KNOWN
    return delay_after(failures, free=FREE_TRIES, longest=LONGEST_DELAY_KNOWN if trusted else LONGEST_DELAY)


def _sources(door: Door) -> tuple[str, ...]:
    return (door.source,) if door.known else (_ALL_STRANGERS, door.source)


def _row(door: Door, *sources: str) -> ColumnElement[bool]:
    return (
        (failed_tries.c.kind == door.kind.value)
        & (failed_tries.c.account == door.account)
        & failed_tries.c.source.in_(sources)
    )


def _forget_old(tx: Transaction) -> None:
    # Also what keeps the table small when somebody tries a million made-up addresses.
    tx.execute(delete(failed_tries).where(failed_tries.c.last_at < tx.at - FORGET_AFTER))
