"""What the broker's records say of one site, read after the site was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from broker.access.containment import OrderState, orders_of, standing
from broker.access.grant import Grant, GrantState, grant_of
from broker.access.tables import grants
from broker.ledger.tables import ledger_entries
from broker.revocation.reconcile.drift import DriftKind
from broker.revocation.tables import drifts
from broker.sites.register import newest_version
from broker.sites.watch import watch_of
from broker.store import Reader

_AT_ONCE = 500


@dataclass(frozen=True)
class Records:
    """``granted`` are the site's active grants and those the site showed, by id.

    ``told`` are grants with entries in the ledger and no row; ``acknowledged`` is the
    highest version the site said it knew; ``frozen`` are the accounts that standing
    orders shut, ``ordering`` those whose order is on its way; ``open`` are the kinds of
    drift not settled yet.
    """

    site_id: str
    granted: Mapping[str, Grant]
    told: frozenset[str]
    newest_version: int
    acknowledged: int
    frozen: frozenset[str]
    ordering: frozenset[str]
    open: frozenset[DriftKind]


def read_records(reader: Reader, site_id: str, shown: Collection[str], asked_at: datetime) -> Records:
    """``shown`` are the grants the site says are active, asked at ``asked_at``."""
    here = grants.c.site_id == site_id
    active = here & (grants.c.state == GrantState.ACTIVE)
    found = {grant.id: grant for grant in _grants(reader, active)}
    for some in _batches(set(shown) - set(found)):
        found |= {grant.id: grant for grant in _grants(reader, here & grants.c.id.in_(some))}
    orders = orders_of(reader, site_id)
    return Records(
        site_id=site_id,
        granted=found,
        told=frozenset(_told(reader, set(shown) - set(found))),
        newest_version=newest_version(reader, site_id),
        acknowledged=watch_of(reader, site_id).mark,
        frozen=frozenset(account for account, order in standing(orders).items() if order.freezes),
        ordering=frozenset(
            order.account
            for order in orders
            if order.state is OrderState.PENDING or (order.settled_at or asked_at) > asked_at
        ),
        open=frozenset(
            DriftKind(row.kind)
            for row in reader.all(select(drifts.c.kind).where(drifts.c.site_id == site_id).distinct())
        ),
    )


def count_active(reader: Reader, site_id: str) -> int:
    active = (grants.c.site_id == site_id) & (grants.c.state == GrantState.ACTIVE)
    return int(reader.execute(select(func.count()).select_from(grants).where(active)).scalar_one())


def _grants(reader: Reader, which: ColumnElement[bool]) -> Iterator[Grant]:
    for row in reader.all(select(grants).where(which)):
        yield grant_of(row)


def _told(reader: Reader, ids: set[str]) -> Iterator[str]:
    for some in _batches(ids):
        told = select(ledger_entries.c.grant_id).where(ledger_entries.c.grant_id.in_(some)).distinct()
        yield from (row.grant_id for row in reader.all(told))


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(ids)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]
