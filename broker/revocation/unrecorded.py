"""A full disk or a locked store must not keep a site open: what is due is put aside and told to the sites all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Select, select

from broker.access.ask_site import ask_to_contain
from broker.access.containment import Order
from broker.access.equipment import Equipment
from broker.access.grant import Cause, Grant
from broker.access.late.containments import orders_waiting
from broker.access.late.end_unrecorded import put_aside, put_aside_said
from broker.access.late.record import LateKind
from broker.access.tables import grants
from broker.revocation.ask_sites import ask_sites
from broker.revocation.due import BATCH, find, revocations_due

log = structlog.get_logger("broker.sweep")


def take_back_unrecorded(equipment: Equipment, due: Sequence[Grant]) -> int:
    """How many ends wait to be written down: those of ``due``, those under way, and those put aside before.

    Revocations are idempotent: they are sent now, and once more when they can be written down.
    """
    now = equipment.store.clock.now()
    for cause, batch in _by_cause(due, now).items():
        put_aside(equipment, batch, cause, actor="broker")
    revoking, aside = find(equipment, revocations_due), _aside(equipment)
    waiting = {grant.id: grant for grant in (*due, *revoking, *aside)}
    seen_gone = _read_back(equipment)
    pending = [each for each in waiting.values() if each.lease_version and each.id not in seen_gone]
    for site_id, batch, answer in ask_sites(equipment, pending):
        if answer.exception() is not None:
            log.error("revoked_unrecorded", site=site_id, sent=len(batch), gone=0)
            continue
        said = answer.result()
        put_aside_said(equipment, site_id, batch, said)
        log.error("revoked_unrecorded", site=site_id, sent=len(batch), gone=len(said.gone))
    _send_orders(equipment)
    return len(waiting)


def _by_cause(due: Sequence[Grant], now: datetime) -> Mapping[Cause, list[Grant]]:
    expired = [grant for grant in due if grant.expires_at <= now]
    shut_out = [grant for grant in due if grant.expires_at > now]
    found = {Cause.EXPIRED: expired, Cause.ENDED_BY_SECURITY: shut_out}
    return {cause: batch for cause, batch in found.items() if batch}


def _aside(equipment: Equipment) -> list[Grant]:
    """What people ended: no row says yet that it is due."""
    ids = sorted(id_ for id_, ended in equipment.spool.ended().items() if not ended.read_back)
    found: list[Grant] = []
    for start in range(0, len(ids), BATCH):
        found += find(equipment, partial(_named, ids[start : start + BATCH]))
    return found


def _named(ids: Sequence[str], _now: datetime) -> Select[Any]:
    return select(grants).where(grants.c.id.in_(ids))


def _read_back(equipment: Equipment) -> set[str]:
    """Of these a site was seen without them since nothing can be written."""
    records = equipment.spool.waiting().records
    return {each.about for each in records if each.kind is LateKind.TOLD and each.facts["read_back"]}


def _send_orders(equipment: Equipment) -> None:
    by_site: dict[str, list[Order]] = defaultdict(list)
    for order in orders_waiting(equipment.spool.waiting().records):
        by_site[order.site_id].append(order)
    for site_id, orders in by_site.items():
        outcomes, fault = ask_to_contain(equipment, site_id, orders)
        log.error("contained_unrecorded", site=site_id, sent=len(orders), answered=len(outcomes), fault=fault)
