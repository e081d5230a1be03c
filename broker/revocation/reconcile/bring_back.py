"""A site that was restored from a backup: it is told every end it may have forgotten before it goes on.

Cut short anywhere, the site stays as it is, and the next pass begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

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
    adapter.resume()
    _forget_rule(equipment, site.id, ended)
    if not _records_are_older(equipment, site.id):
        _send_live(equipment, site.id, adapter)
    return ""


def _revoke(equipment: Equipment, adapter: Adapter, batch: Sequence[Grant]) -> str:
    now = equipment.store.clock.now()
    return _refused(adapter.revoke([revocation_for(equipment.lease_signer, grant, now) for grant in batch]))


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
    return f"The site refused to be told an end: {', '.join(reasons)}." if reasons else ""
