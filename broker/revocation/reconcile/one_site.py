"""One pass over one site: ask, write down, put right what may be put right, ask again.

Nothing is asked inside a transaction. Killed anywhere, the next pass finds the
same, because nothing was called settled that was not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from broker.access.ask_site import NO_CALL
from broker.access.equipment import Equipment
from broker.access.late.write_down import write_down_late
from broker.adapters.port import Adapter
from broker.errors import BrokerError, CompanionMissing, Conflict, Refused, Unavailable
from broker.policy.catalog import Repair, SiteRules
from broker.revocation.reconcile.compare import Look
from broker.revocation.reconcile.drift import ALWAYS, NOT_BY_US, DriftKind
from broker.revocation.reconcile.open_drifts import OpenDrift, Try, get_drift
from broker.revocation.reconcile.protect import protect
from broker.revocation.reconcile.put_right import Scene, put_right
from broker.revocation.reconcile.write_down import Answer, write_down, write_down_missing
from broker.revocation.site_events.pull import pull_events
from broker.sites.register import Site, get_site
from broker.sites.watch import later, locked_watch, update_watch

_BY_POLICY = {Repair.MISSING: DriftKind.MISSING, Repair.UNKNOWN: DriftKind.UNKNOWN_ACTIVE}
_NOT_WHILE_OLDER = frozenset({DriftKind.MISSING, DriftKind.UNKNOWN_ACTIVE, DriftKind.WRONG_LEASE})
FREEZE_AGAIN_AFTER = timedelta(minutes=5)

log = structlog.get_logger("broker.reconcile")


@dataclass(frozen=True)
class Wanted:
    """What a person wants put right, beside what is put right by itself."""

    drifts: frozenset[str] = frozenset()
    actor: str = "broker"


NOTHING_WANTED = Wanted()


def reconcile_site(equipment: Equipment, site_id: str, wanted: Wanted = NOTHING_WANTED) -> list[OpenDrift]:
    """Answers what is open afterwards. BrokerError when the site, or a part of the broker, could not be used."""
    # What a site was told while nothing could be written must not look like somebody else's doing.
    write_down_late(equipment)
    with equipment.store.read() as reader:
        site = get_site(reader, site_id)
    adapter = equipment.adapter_for(site)
    try:
        left = _compare_and_put_right(equipment, site, adapter, wanted)
    except CompanionMissing:
        write_down_missing(equipment, site_id)
        raise
    pull_events(equipment, site, adapter)
    protect(equipment, site, adapter)
    return left


def try_site(equipment: Equipment, site_id: str, every: timedelta) -> bool:
    """Whether the pass came to its end. One that did not is written down, and the site's next turn is later."""
    try:
        reconcile_site(equipment, site_id)
    except Unavailable:
        raise
    except BrokerError as error:
        _silent(equipment, site_id, f"{error} {error.help}", every)
    except Exception:  # a site nobody can even call keeps no other from being looked at
        log.exception("site_call_broke", site=site_id)
        _silent(equipment, site_id, NO_CALL, every)
    else:
        return True
    return False


def repair_drift(equipment: Equipment, drift_id: str, *, actor: str) -> OpenDrift | None:
    """Do what a difference proposes; the difference when it is still open afterwards.

    Refused where only somebody on the site can do it, Conflict where something
    else has to be settled first, SiteError when the site does not answer.
    """
    with equipment.store.read() as reader:
        drift = get_drift(reader, drift_id)
    if drift.kind in NOT_BY_US:
        raise Refused("The broker cannot put this right by itself.", help=drift.proposal)
    left = reconcile_site(equipment, drift.site_id, Wanted(frozenset({drift.id}), actor))
    kinds = {each.kind for each in left}
    after = next((each for each in left if each.id == drift.id), None)
    if after and drift.kind in _NOT_WHILE_OLDER and DriftKind.RECORDS_OLDER in kinds:
        raise Conflict(
            "These records are older than what the site was told.",
            help="Settle that difference first: restore a newer database, or confirm that there is none.",
        )
    return after


def _compare_and_put_right(
    equipment: Equipment, site: Site, adapter: Adapter, wanted: Wanted
) -> list[OpenDrift]:
    answer = _ask(equipment, adapter)
    left = write_down(equipment, site.id, answer)
    rules = equipment.catalog.rules_of(site.id)
    chosen = _chosen(left, rules, wanted, equipment.store.clock.now())
    if not chosen:
        return left
    faults = put_right(Scene(equipment, site, adapter, answer.look.observed), chosen)
    tried = _tries(faults, wanted)
    again = _ask(equipment, adapter)
    return write_down(equipment, site.id, replace(again, tried=tried))


def _ask(equipment: Equipment, adapter: Adapter) -> Answer:
    clock = equipment.store.clock
    asked_at = clock.now()
    observed = adapter.observe()
    health = adapter.health()
    return Answer(Look(asked_at, observed), health, clock.wall())


def _chosen(left: Collection[OpenDrift], rules: SiteRules, wanted: Wanted, now: datetime) -> list[OpenDrift]:
    unasked = ALWAYS | {_BY_POLICY[each] for each in rules.repair}
    kinds = {each.kind for each in left}
    later = _NOT_WHILE_OLDER if DriftKind.RECORDS_OLDER in kinds else frozenset[DriftKind]()
    # A site that forgot its orders is told all of them again, and only what is lost then is ordered anew.
    later |= {DriftKind.FREEZE_LOST} if DriftKind.ROLLED_BACK in kinds else set()
    return [
        drift
        for drift in left
        if (drift.id in wanted.drifts or (drift.kind in unasked and _is_due(drift, now)))
        and drift.kind not in later
    ]


def _is_due(drift: OpenDrift, now: datetime) -> bool:
    # Each new order is an entry of the ledger: a site that loses them all is not given one every pass.
    again = drift.found_at + FREEZE_AGAIN_AFTER * drift.tries
    return drift.kind is not DriftKind.FREEZE_LOST or now >= again


def _tries(faults: Mapping[str, str], wanted: Wanted) -> dict[str, Try]:
    return {
        drift_id: Try(wanted.actor if drift_id in wanted.drifts else "broker", fault)
        for drift_id, fault in faults.items()
    }


def _silent(equipment: Equipment, site_id: str, fault: str, every: timedelta) -> None:
    with equipment.store.write() as tx:
        failures = locked_watch(tx, site_id).failures + 1
        next_look_at = tx.at + later(failures - 1, every)
        update_watch(tx, site_id, failures=failures, fault=fault, next_look_at=next_look_at)
