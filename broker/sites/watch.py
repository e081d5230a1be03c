"""What was last known of a site, and when it is looked at next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from broker.adapters.companion.chain import NOTHING
from broker.sites.tables import site_watch, sites
from broker.store import Reader, Store, Transaction

LONGEST_PAUSE = timedelta(minutes=2)


@dataclass(frozen=True)
class Watch:
    """``looked_at`` is when the newest answer that was taken into account was asked for, None while there is none.

    ``mark`` is the highest version the site itself said it was told of, ``event_seq``
    and ``event_hash`` its last event that was verified; ``protection`` and
    ``companion`` are digests, empty while there is none; ``standing`` are roles by account.
    """

    site_id: str
    next_look_at: datetime
    looked_at: datetime | None
    failures: int
    fault: str | None
    mark: int
    event_seq: int
    event_hash: str
    protection: str
    companion: str
    standing: Mapping[str, str] | None


def begin_watching(tx: Transaction, site_id: str) -> None:
    """From now on the site is looked at."""
    nothing: dict[str, Any] = {"failures": 0, "mark": 0, "event_seq": 0, "protection": "", "companion": ""}
    tx.execute(site_watch.insert().values(site_id=site_id, next_look_at=tx.at, event_hash=NOTHING, **nothing))


def watch_of(reader: Reader, site_id: str) -> Watch:
    return _read(reader, select(site_watch).where(site_watch.c.site_id == site_id))


def locked_watch(tx: Transaction, site_id: str) -> Watch:
    """The same; whoever else writes down what they saw of this site waits until this commit."""
    return _read(tx, select(site_watch).where(site_watch.c.site_id == site_id).with_for_update())


def update_watch(tx: Transaction, site_id: str, **changes: Any) -> None:
    tx.execute(update(site_watch).where(site_watch.c.site_id == site_id).values(**changes))


def look_soon(tx: Transaction, site_id: str) -> None:
    """Something was done there: let it be read back at once, not when it is its turn."""
    update_watch(tx, site_id, next_look_at=tx.at)


def claim_due(store: Store, every: timedelta) -> list[str]:
    """The sites whose turn it is, each to one caller only; their next turn is ``every`` later."""
    with store.read() as reader:
        watched = site_watch.join(sites, sites.c.id == site_watch.c.site_id)
        due = select(site_watch.c.site_id).select_from(watched).where(sites.c.retired_at.is_(None))
        found = [row.site_id for row in reader.all(due.where(_due(reader.at)))]
    if not found:
        return []
    with store.write() as tx:
        return [site_id for site_id in found if _claim(tx, site_id, every)]


def later(failures: int, every: timedelta) -> timedelta:
    """The pause after so many looks at a site that did not answer."""
    doubled: timedelta = every * (1 << min(failures, 10))
    return max(every, min(doubled, LONGEST_PAUSE))


def _claim(tx: Transaction, site_id: str, every: timedelta) -> bool:
    mine = (site_watch.c.site_id == site_id) & _due(tx.at)
    return tx.execute(update(site_watch).where(mine).values(next_look_at=tx.at + every)).rowcount == 1


def _due(now: datetime) -> ColumnElement[bool]:
    # A turn further off than any pause was given by a process whose time had jumped ahead.
    return (site_watch.c.next_look_at <= now) | (site_watch.c.next_look_at > now + timedelta(hours=2))


def _read(reader: Reader, query: Any) -> Watch:
    row = reader.execute(query).one()
    return Watch(**{field.name: getattr(row, field.name) for field in fields(Watch)})
