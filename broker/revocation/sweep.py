"""Whatever is due, stuck or failed converges here, from what the database says and nothing else.

Crash recovery is the ordinary path: a process killed between two steps leaves a
row that the next sweep finds.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from broker.access.activate import activate, push
from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, GrantState, get_grant
from broker.access.lapse import lapse_due
from broker.access.late.end_unrecorded import put_aside_said
from broker.access.late.write_down import write_down_late
from broker.access.take_back import begin_taking_back, settle_taking_back
from broker.errors import Conflict, Unavailable
from broker.revocation.ask_sites import ask_sites
from broker.revocation.due import due_to_end, find, held_by_the_shut_out, revocations_due, stuck
from broker.revocation.orders import send_orders_due
from broker.revocation.unrecorded import take_back_unrecorded

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
        _write_down_late(equipment)
        _mark_expired(equipment, due)
    except Exception:  # whatever keeps it from being written down must not keep a site open
        log.exception("ending_unrecorded", due=len(due))
        return Swept(unrecorded=take_back_unrecorded(equipment, due))
    left = take_back_unrecorded(equipment, ()) if equipment.spool.waiting().records else 0
    revoked, still, unrecorded = _take_back(equipment)
    contained = send_orders_due(equipment)
    activated = _push_stuck(equipment)
    return Swept(len(due), revoked, still, activated, lapse_due(equipment), unrecorded + left, contained)


def _write_down_late(equipment: Equipment) -> None:
    try:
        write_down_late(equipment)
    except Unavailable:
        raise
    except Exception:  # what waits goes on waiting; what is due now must not
        log.exception("late_records_stuck")


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
    for site_id, batch, answer in ask_sites(equipment, find(equipment, revocations_due)):
        try:
            settled = settle_taking_back(equipment, batch, answer.result())
        except Exception:
            log.exception("revocation_unrecorded", site=site_id)
            if answer.exception() is None:
                put_aside_said(equipment, site_id, batch, answer.result())
            unrecorded += len(batch)
            continue  # it was sent; it is sent and written down again when the store can be used
        done = sum(grant.state is GrantState.REVOKED for grant in settled)
        revoked, still = revoked + done, still + len(settled) - done
    return revoked, still, unrecorded


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
