"""Which grants need something done, asked of the database each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select, select

from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Grant, GrantState, get_grant, grant_of
from broker.access.tables import grants
from broker.identity.tables import people
from broker.store import Reader

BATCH = 500
SITES_AT_ONCE = 8

Question = Callable[[datetime], Select[Any]]

log = structlog.get_logger("broker.sweep")


def find(equipment: Equipment, question: Question) -> list[Grant]:
    """The first BATCH grants the question is about, the longest due first."""
    with equipment.store.read() as reader:
        query = question(reader.at).limit(BATCH)
        try:
            return [grant_of(row) for row in reader.all(query)]
        except ValueError:
            return list(_readable(reader, query))


def _readable(reader: Reader, query: Select[Any]) -> Iterator[Grant]:
    """Each for itself: one damaged row must not keep everybody else's access open."""
    for row in reader.all(query.with_only_columns(grants.c.id)):
        try:
            yield get_grant(reader, row.id)
        except ValueError:
            log.exception("grant_unreadable", grant=row.id)


def due_to_end(now: datetime) -> Select[Any]:
    return (
        select(grants)
        .where(grants.c.state.in_(LIVE), grants.c.expires_at <= now)
        .order_by(grants.c.expires_at)
    )


def held_by_the_shut_out(_now: datetime) -> Select[Any]:
    # Whoever disabled them ended their grants too, unless that was cut short.
    live = people.c.disabled_at.is_not(None) & grants.c.state.in_(LIVE)
    return select(grants).join(people, people.c.id == grants.c.person_id).where(live)


def revocations_due(now: datetime) -> Select[Any]:
    due = (grants.c.state == GrantState.REVOKING) & (grants.c.next_try_at <= now)
    return select(grants).where(due).order_by(grants.c.next_try_at)


def stuck(now: datetime) -> Select[Any]:
    waiting = grants.c.state.in_([GrantState.ISSUED, GrantState.ACTIVATING])
    due = (grants.c.next_try_at <= now) & (grants.c.expires_at > now)
    return select(grants).where(waiting, due).order_by(grants.c.next_try_at)


def by_site(batch: Iterable[Grant]) -> dict[str, list[Grant]]:
    sites: dict[str, list[Grant]] = defaultdict(list)
    for grant in batch:
        if grant.site_id is not None:
            sites[grant.site_id].append(grant)
    return dict(sites)
