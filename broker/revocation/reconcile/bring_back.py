"""A site that was restored from a backup: it is told every end it may have forgotten before it goes on.

Cut short anywhere, the site stays as it is, and the next pass begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from broker.access.contain import FINAL_REFUSALS
from broker.access.containment import document_for, orders_of, standing
from broker.access.equipment import Equipment
from broker.access.grant import Grant, GrantState, grant_of
from broker.access.lease_for import TOMBSTONE_PAST_END, lease_for, revocation_for
from broker.access.tables import grants
from broker.adapters.port import BATCH_LIMIT, Adapter, Answer, Outcome
from broker.ledger.entry import Entry
from broker.revocation.reconcile.drift import DriftKind
from broker.revocation.reconcile.open_drifts import open_drifts
from broker.revocation.reconcile.protect import FORGOTTEN, NOTHING
from broker.sites.register import Site
from broker.sites.watch import locked_watch, update_watch


def bring_back(equipment: Equipment, site: Site, adapter: Adapter) -> str:
    """Why it could not be finished; empty when the site goes on. SiteError when it does not answer."""
    ended = 0
    for batch in _batches(equipment, _ended(site.id, equipment.store.clock.now())):
        if fault := _revoke(equipment, adapter, batch):
            return fault
        ended += len(batch)
    if fault := _order_again(equipment, site.id, adapter):
        return fault
    adapter.resume()
    _forget_rule(equipment, site.id, ended)
    if not _records_are_older(equipment, site.id):
        _send_live(equipment, site.id, adapter)
    return ""


def _revoke(equipment: Equipment, adapter: Adapter, batch: Sequence[Grant]) -> str:
    now = equipment.store.clock.now()
    return _refused(adapter.revoke([revocation_for(equipment.lease_signer, grant, now) for grant in batch]))


def _order_again(equipment: Equipment, site_id: str, adapter: Adapter) -> str:
    """The last word about each account, as it was signed then: a site that still knows it does nothing twice."""
    with equipment.store.read() as reader:
        orders = list(standing(orders_of(reader, site_id)).values())
    documents = [document_for(equipment.lease_signer, order) for order in orders]
    for start in range(0, len(documents), BATCH_LIMIT):
        outcomes = adapter.contain(documents[start : start + BATCH_LIMIT])
        if fault := _refused(
            {key: each for key, each in outcomes.items() if each.reason not in FINAL_REFUSALS}
        ):
            return fault
    return ""


def _send_live(equipment: Equipment, site_id: str, adapter: Adapter) -> None:
    """A lease that the site refuses shows as missing in the next look."""
    for batch in _batches(equipment, _live(site_id, equipment.store.clock.now())):
        with equipment.store.read() as reader:
            leases = [lease_for(reader, equipment.lease_signer, grant) for grant in batch]
        adapter.apply(leases)


def _forget_rule(equipment: Equipment, site_id: str, ended: int) -> None:
    """The site forgot its standing rule as well: it is sent again."""
    with equipment.store.write() as tx:
        if locked_watch(tx, site_id).protection != NOTHING:
            update_watch(tx, site_id, protection=FORGOTTEN)
        facts = {"site": site_id, "revocations": ended}
        equipment.ledger.append(tx, Entry("site.restored", "broker", facts=facts))


def _records_are_older(equipment: Equipment, site_id: str) -> bool:
    with equipment.store.read() as reader:
        return any(each.kind is DriftKind.RECORDS_OLDER for each in open_drifts(reader, site_id))


def _ended(site_id: str, now: datetime) -> Select[Any]:
    kept = now - TOMBSTONE_PAST_END
    return select(grants).where(
        grants.c.site_id == site_id,
        grants.c.state.in_([GrantState.REVOKING, GrantState.REVOKED]),
        grants.c.lease_version.is_not(None),
        (grants.c.expires_at > kept) | (grants.c.revoking_at > kept),
    )


def _live(site_id: str, now: datetime) -> Select[Any]:
    active = (grants.c.site_id == site_id) & (grants.c.state == GrantState.ACTIVE)
    return select(grants).where(active, grants.c.expires_at > now)


def _batches(equipment: Equipment, query: Select[Any]) -> Iterator[list[Grant]]:
    after = ""
    while True:
        page = query.where(grants.c.id > after).order_by(grants.c.id).limit(BATCH_LIMIT)
        with equipment.store.read() as reader:
            batch = [grant_of(row) for row in reader.all(page)]
        if not batch:
            return
        yield batch
        after = batch[-1].id


def _refused(outcomes: Mapping[str, Outcome]) -> str:
    reasons = sorted({each.reason for each in outcomes.values() if each.answer is not Answer.DONE})
    return f"The site refused what it has to be told again: {', '.join(reasons)}." if reasons else ""
