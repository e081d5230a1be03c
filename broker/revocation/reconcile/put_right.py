"""What is done about each kind of difference. Everything here may be repeated, and cut short anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from broker.access.contain import Containment, order_containment, send_orders
from broker.access.containment import OrderState, orders_of, standing
from broker.access.equipment import Equipment
from broker.access.grant import Grant, GrantState, get_grant
from broker.access.lease_for import TOMBSTONE_PAST_END, lease_for, revocation_for
from broker.access.tables import grants
from broker.adapters.lease import ContainmentAction, RevocationClaims
from broker.adapters.port import (
    BATCH_LIMIT,
    ActiveLease,
    Adapter,
    Answer,
    Observation,
    Outcome,
    SignedDocument,
)
from broker.ledger.tables import ledger_entries
from broker.revocation.reconcile.bring_back import bring_back
from broker.revocation.reconcile.drift import DriftKind
from broker.revocation.reconcile.open_drifts import OpenDrift
from broker.sites.register import Site, reserve_versions
from broker.store import Reader

_GONE = "It ended in the meantime."
_KNOWN = "The ledger knows this access: these records are what is missing, and nothing is ended for that."


@dataclass(frozen=True)
class Scene:
    """A site that was just looked at."""

    equipment: Equipment
    site: Site
    adapter: Adapter
    observed: Observation


Faults = Mapping[str, str]
Repair = Callable[[Scene, Sequence[OpenDrift]], Faults]


def put_right(scene: Scene, drifts: Sequence[OpenDrift]) -> dict[str, str]:
    """By drift, why it could not be done; empty where nobody objected. SiteError when the site does not answer."""
    faults: dict[str, str] = {}
    for kind, repair in REPAIRS.items():
        mine = [drift for drift in drifts if drift.kind is kind]
        for start in range(0, len(mine), BATCH_LIMIT):
            faults |= repair(scene, mine[start : start + BATCH_LIMIT])
    return faults


def _end_again(scene: Scene, drifts: Sequence[OpenDrift]) -> Faults:
    now = scene.equipment.store.clock.now()
    ended = _grants(scene, drifts)
    documents = [revocation_for(scene.equipment.lease_signer, grant, now) for grant in ended.values()]
    return _faults(drifts, scene.adapter.revoke(documents))


def _end_unknown(scene: Scene, drifts: Sequence[OpenDrift]) -> Faults:
    shown = {
        d.subject: scene.observed.active[d.subject] for d in drifts if d.subject in scene.observed.active
    }
    with scene.equipment.store.write() as tx:
        known = _known(tx, list(shown))
        documents = [
            _revocation(scene, lease, reserve_versions(tx, scene.site.id))
            for grant, lease in shown.items()
            if grant not in known
        ]
    faults = _faults(drifts, scene.adapter.revoke(documents) if documents else {})
    return {d.id: _KNOWN if d.subject in known else faults[d.id] for d in drifts}


def _send_again(scene: Scene, drifts: Sequence[OpenDrift]) -> Faults:
    equipment = scene.equipment
    live = {key: each for key, each in _grants(scene, drifts).items() if each.state is GrantState.ACTIVE}
    with equipment.store.read() as reader:
        leases = [
            lease_for(reader, equipment.lease_signer, each)
            for each in live.values()
            if each.is_live(reader.at)
        ]
    return _faults(drifts, scene.adapter.apply(leases) if leases else {})


def _freeze_again(scene: Scene, drifts: Sequence[OpenDrift]) -> Faults:
    """By a new order: a site that lost only the freezing holds the old one for done."""
    with scene.equipment.store.read() as reader:
        lost = standing(orders_of(reader, scene.site.id))
    actions = (ContainmentAction.FREEZE, ContainmentAction.END_SESSIONS)
    return {
        drift.id: _order(scene, Containment(scene.site.id, drift.subject, actions, lost[drift.subject].spare))
        for drift in drifts
        if drift.subject in lost
    }


def _release(scene: Scene, drifts: Sequence[OpenDrift]) -> Faults:
    actions = (ContainmentAction.RELEASE,)
    return {drift.id: _order(scene, Containment(scene.site.id, drift.subject, actions)) for drift in drifts}


def _order(scene: Scene, what: Containment) -> str:
    with scene.equipment.store.write() as tx:
        order = order_containment(tx, scene.equipment, what, actor="broker")
    sent = send_orders(scene.equipment, scene.site.id, [order])[0]
    return "" if sent.state is OrderState.CONFIRMED else sent.fault or "It is still on its way."


def _bring_back(scene: Scene, drifts: Sequence[OpenDrift]) -> Faults:
    fault = bring_back(scene.equipment, scene.site, scene.adapter)
    return {drift.id: fault for drift in drifts}


def _acknowledge(_scene: Scene, drifts: Sequence[OpenDrift]) -> Faults:
    return {drift.id: "" for drift in drifts}


# In this order: who must be kept out comes first, then what a site forgot, then what somebody is waiting for.
REPAIRS: Mapping[DriftKind, Repair] = {
    DriftKind.FREEZE_LOST: _freeze_again,
    DriftKind.ENDED_BUT_ACTIVE: _end_again,
    DriftKind.ROLLED_BACK: _bring_back,
    DriftKind.RECORDS_OLDER: _acknowledge,
    DriftKind.EVENTS_BROKEN: _acknowledge,
    DriftKind.UNKNOWN_ACTIVE: _end_unknown,
    DriftKind.MISSING: _send_again,
    DriftKind.WRONG_LEASE: _send_again,
    DriftKind.FROZEN_OUTSIDE: _release,
}


def _grants(scene: Scene, drifts: Sequence[OpenDrift]) -> dict[str, Grant]:
    with scene.equipment.store.read() as reader:
        return {drift.subject: get_grant(reader, drift.subject) for drift in drifts}


def _known(reader: Reader, ids: Sequence[str]) -> set[str]:
    rows = reader.all(select(grants.c.id).where(grants.c.id.in_(ids)))
    told = select(ledger_entries.c.grant_id).where(ledger_entries.c.grant_id.in_(ids)).distinct()
    return {row[0] for row in [*rows, *reader.all(told)]}


def _revocation(scene: Scene, lease: ActiveLease, version: int) -> SignedDocument:
    signer, now = scene.equipment.lease_signer, scene.equipment.store.clock.now()
    claims = RevocationClaims(
        site=scene.site.id,
        issuer=signer.issuer,
        grant=lease.grant,
        version=version,
        issued_at=now,
        keep_until=max(now, lease.expires_at) + TOMBSTONE_PAST_END,
    )
    return SignedDocument(lease.grant, signer.sign_revocation(claims))


def _faults(drifts: Sequence[OpenDrift], outcomes: Mapping[str, Outcome]) -> Faults:
    return dict(_fault(drift, outcomes.get(drift.subject)) for drift in drifts)


def _fault(drift: OpenDrift, outcome: Outcome | None) -> tuple[str, str]:
    if outcome is None:
        return drift.id, _GONE
    return drift.id, "" if outcome.answer is Answer.DONE else f"The site refused it: {outcome.reason}."
