"""What a look at a site showed becomes open differences, in one commit with the ledger's word on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broker.access.equipment import Equipment
from broker.adapters.port import Health, Observation
from broker.ledger.entry import Entry
from broker.revocation.reconcile.compare import ROLLED_BACK, Look, compare, is_behind, knows_more
from broker.revocation.reconcile.compare_health import COMPANION_MISSING, compare_health, is_restored
from broker.revocation.reconcile.drift import SEEN_BY_HEALTH, SEEN_BY_LISTING, Drift, DriftKind
from broker.revocation.reconcile.open_drifts import OpenDrift, Try, open_drifts, replace_drifts
from broker.revocation.reconcile.protect import FORGOTTEN
from broker.revocation.reconcile.records import Records, count_active, read_records
from broker.revocation.reconcile.standing_rights import (
    accounts_under_way,
    changes,
    entry_of,
    notice_of,
    roles_now,
)
from broker.sites.register import newest_version, raise_versions
from broker.sites.watch import Watch, locked_watch, look_soon, update_watch
from broker.store import Reader, Transaction

MOST_IN_PASSING = 1000
RULE_UNPROVEN = "protection_unproven"
# A site that says it was told of more is not believed: versions would run out.
LARGEST_MARK = 2_000_000_000


@dataclass(frozen=True)
class Answer:
    """``health`` is None where the site was not asked for it; ``heard_at`` is the machine's time after the answer."""

    look: Look
    health: Health | None = None
    heard_at: datetime | None = None
    tried: Mapping[str, Try] = field(default_factory=dict)


def write_down(equipment: Equipment, site_id: str, answer: Answer) -> list[OpenDrift]:
    """Answers what is open afterwards. An answer older than one that was written down changes nothing."""
    look, tried = answer.look, answer.tried
    with equipment.store.write() as tx:
        watch = locked_watch(tx, site_id)
        if watch.looked_at is not None and look.asked_at < watch.looked_at:
            return open_drifts(tx, site_id)
        records = read_records(tx, site_id, look.observed.active, look.asked_at)
        found = _found(records, answer)
        judged = _judged(records, answer)
        _learn(tx, equipment, watch, answer, records)
        return replace_drifts(tx, equipment.ledger, site_id, found, judged, tried)


def write_down_missing(equipment: Equipment, site_id: str) -> None:
    """The site answers, and has no companion."""
    with equipment.store.write() as tx:
        locked_watch(tx, site_id)
        replace_drifts(tx, equipment.ledger, site_id, [COMPANION_MISSING], (), {})


def notice(equipment: Equipment, site_id: str, asked_at: datetime, observed: Observation) -> None:
    """Use what a site showed while access was taken back there; a difference is looked into at once."""
    look = Look(asked_at, observed)
    with equipment.store.read() as reader:
        # Thousands that end in one minute must not each time be held against thousands: their turn comes.
        if count_active(reader, site_id) > MOST_IN_PASSING or not _differs(reader, site_id, look):
            return
    write_down(equipment, site_id, Answer(look))
    with equipment.store.write() as tx:
        look_soon(tx, site_id)


def _differs(reader: Reader, site_id: str, look: Look) -> bool:
    records = read_records(reader, site_id, look.observed.active, look.asked_at)
    known = {each.key for each in open_drifts(reader, site_id) if each.kind in SEEN_BY_LISTING}
    return {drift.key for drift in compare(records, look)} != known


def _found(records: Records, answer: Answer) -> list[Drift]:
    found = compare(records, answer.look)
    if answer.health is not None and answer.heard_at is not None:
        found += compare_health(answer.health, answer.heard_at)
        if is_restored(answer.health):
            found = [*(each for each in found if each.kind is not DriftKind.MISSING), ROLLED_BACK]
    return found


def _judged(records: Records, answer: Answer) -> frozenset[DriftKind]:
    judged = SEEN_BY_LISTING | (SEEN_BY_HEALTH if answer.health is not None else frozenset())
    behind = is_behind(records, answer.look.observed) or (answer.health and is_restored(answer.health))
    return judged - {DriftKind.MISSING} if behind else judged


def _learn(tx: Transaction, equipment: Equipment, watch: Watch, answer: Answer, records: Records) -> None:
    observed, site_id = answer.look.observed, watch.site_id
    if knows_more(records, observed):
        _go_past(tx, equipment, site_id, observed)
    # Asked second, the companion's health tells of the mark that the first question brought it.
    told = max(observed.mark, answer.health.mark if answer.health else 0)
    mark = max(watch.mark, min(told, newest_version(tx, site_id)))
    learned = {"looked_at": answer.look.asked_at, "mark": mark, "failures": 0, "fault": None}
    if answer.health is not None and RULE_UNPROVEN in answer.health.words:
        learned["protection"] = FORGOTTEN
    if answer.health is not None and answer.health.companion_digest != watch.companion:
        learned["companion"] = answer.health.companion_digest[:64]
        facts = {"site": site_id, "before": watch.companion, "after": answer.health.companion_digest}
        equipment.ledger.append(tx, Entry("site.companion_seen", "broker", facts=facts))
    if answer.health is not None and not answer.health.companion_version:
        learned["standing"] = _compare_standing(tx, equipment, watch, observed)
    update_watch(tx, site_id, **learned)


def _compare_standing(
    tx: Transaction, equipment: Equipment, watch: Watch, observed: Observation
) -> dict[str, str]:
    """Where nothing of ours is installed nobody tells what was changed: the last look does."""
    ours = accounts_under_way(tx, watch.site_id, watch.looked_at)
    now = roles_now(observed, watch.standing, ours)
    found = changes(watch.standing, now) if watch.standing is not None else []
    for change in found:
        equipment.ledger.append(tx, entry_of(watch.site_id, change, tx.at))
    if found:
        equipment.ledger.append(tx, notice_of(watch.site_id, found))
    return now


def _go_past(tx: Transaction, equipment: Equipment, site_id: str, observed: Observation) -> None:
    """No version the site was told of is given out again, whoever gave it out."""
    told = max([observed.mark, *(lease.version for lease in observed.active.values())])
    if told <= LARGEST_MARK:
        raise_versions(tx, site_id, told + 1)
        facts = {"site": site_id, "past": told}
        equipment.ledger.append(tx, Entry("site.versions_raised", "broker", facts=facts))
