"""Whatever is due, stuck or failed converges here, from what the database says and nothing else.

Crash recovery is the ordinary path: a process killed between two steps leaves a
row that the next sweep finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import structlog

from broker.access.activate import activate, push
from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, GrantState, get_grant
from broker.access.lapse import lapse_due
from broker.access.take_back import SiteSaid, ask_site, begin_taking_back, settle_taking_back
from broker.errors import Conflict, Unavailable
from broker.revocation.due import (
    SITES_AT_ONCE,
    by_site,
    due_to_end,
    find,
    held_by_the_shut_out,
    revocations_due,
    stuck,
)
from broker.revocation.orders import send_orders_due

log = structlog.get_logger("broker.sweep")


@dataclass(frozen=True)
class Swept:
    """What one sweep did; the end of ``unrecorded`` was told to their sites and could not be written down."""

    expired: int = 0
    revoked: int = 0
    still_revoking: int = 0
    activated: int = 0
    lapsed: int = 0
    unrecorded: int = 0
    contained: int = 0


def sweep(equipment: Equipment) -> Swept:
    """One pass: end what is due, take back what is revoking, push what is stuck, lapse what nobody answered.

    Ending comes first and does not depend on anything after it.
    """
    due = find(equipment, due_to_end) + find(equipment, held_by_the_shut_out)
    try:
        _mark_expired(equipment, due)
    except Exception:  # whatever keeps it from being written down must not keep a site open
        log.exception("ending_unrecorded", due=len(due))
        return Swept(unrecorded=_take_back_unrecorded(equipment, due))
    revoked, still, unrecorded = _take_back(equipment)
    contained = send_orders_due(equipment)
    activated = _push_stuck(equipment)
    return Swept(len(due), revoked, still, activated, lapse_due(equipment), unrecorded, contained)


def _mark_expired(equipment: Equipment, due: list[Grant]) -> None:
    if not due:
        return
    with equipment.store.write() as tx:
        for seen in due:
            grant = get_grant(tx, seen.id)
            if grant.state in LIVE:
                cause = Cause.EXPIRED if grant.expires_at <= tx.at else Cause.ENDED_BY_SECURITY
                begin_taking_back(tx, equipment, grant, cause, actor="broker")


def _take_back(equipment: Equipment) -> tuple[int, int, int]:
    """How many were revoked, how many are not yet, and of how many it could not be written down."""
    revoked = still = unrecorded = 0
    for site_id, batch, answer in _ask_sites(equipment, find(equipment, revocations_due)):
        try:
            settled = settle_taking_back(equipment, batch, answer.result())
        except Exception:
            log.exception("revocation_unrecorded", site=site_id)
            unrecorded += len(batch)
            continue  # it was sent; it is sent and written down again when the store can be used
        done = sum(grant.state is GrantState.REVOKED for grant in settled)
        revoked, still = revoked + done, still + len(settled) - done
    return revoked, still, unrecorded


def _take_back_unrecorded(equipment: Equipment, due: list[Grant]) -> int:
    # A full disk or a locked store must not keep a site open: revocations are idempotent,
    # so they are sent now and once more when they can be written down.
    revoking = find(equipment, revocations_due)
    pending = [g for g in due if g.lease_version] + revoking
    for site_id, batch, answer in _ask_sites(equipment, pending):
        gone = len(answer.result().gone) if answer.exception() is None else 0
        log.error("revoked_unrecorded", site=site_id, sent=len(batch), gone=gone)
    return len(due) + len(revoking)


def _ask_sites(
    equipment: Equipment, batch: Iterable[Grant]
) -> Iterator[tuple[str, list[Grant], Future[SiteSaid]]]:
    """What each site said, the quickest first: one that keeps silent keeps nobody else's access open."""
    now = equipment.store.clock.now()
    with ThreadPoolExecutor(SITES_AT_ONCE, thread_name_prefix="site") as pool:
        asked = {
            pool.submit(ask_site, equipment, site_id, grants_there, now): (site_id, grants_there)
            for site_id, grants_there in by_site(batch).items()
        }
        for answer in as_completed(asked):
            yield *asked[answer], answer


def _push_stuck(equipment: Equipment) -> int:
    # A site that let one call run out of time lets the others wait: what is due elsewhere must not.
    activated, silent = 0, set[str | None]()
    for grant in find(equipment, stuck):
        if grant.site_id in silent:
            continue
        try:
            after = (
                activate(equipment, grant.id) if grant.state is GrantState.ISSUED else push(equipment, grant)
            )
        except (Conflict, Unavailable):
            continue  # somebody else is at it, or the next sweep will be
        except Exception:  # the next one's access waits as well
            log.exception("push_failed", grant=grant.id)
            continue
        activated += after.state is GrantState.ACTIVE
        if after.state is GrantState.ACTIVATING:
            silent.add(after.site_id)
    return activated
