"""Whatever is due, stuck or failed converges here, from what the database says and nothing else.

Crash recovery is the ordinary path: a process killed between two steps leaves a
row that the next sweep finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select, select

from broker.access.activate import activate, push
from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, GrantState, get_grant, grant_of
from broker.access.lapse import lapse_due
from broker.access.tables import grants
from broker.access.take_back import ask_site, begin_taking_back, settle_taking_back
from broker.errors import Conflict, Unavailable
from broker.identity.tables import people
from broker.store import Reader

BATCH = 500

_Question = Callable[[datetime], Select[Any]]

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


def sweep(equipment: Equipment) -> Swept:
    """One pass: end what is due, take back what is revoking, push what is stuck, lapse what nobody answered.

    Ending comes first and does not depend on anything after it.
    """
    due = _find(equipment, _due_to_end) + _find(equipment, _held_by_the_shut_out)
    try:
        _mark_expired(equipment, due)
    except Exception:  # whatever keeps it from being written down must not keep a site open
        log.exception("ending_unrecorded", due=len(due))
        return Swept(unrecorded=_take_back_unrecorded(equipment, due))
    revoked, still, unrecorded = _take_back(equipment)
    activated = _push_stuck(equipment)
    return Swept(len(due), revoked, still, activated, lapse_due(equipment), unrecorded)


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
    for site_id, batch in _by_site(_find(equipment, _revocations_due)).items():
        said = ask_site(equipment, site_id, batch, equipment.store.clock.now())
        try:
            settled = settle_taking_back(equipment, batch, said)
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
    revoking = _find(equipment, _revocations_due)
    pending = [g for g in due if g.lease_version] + revoking
    for site_id, batch in _by_site(pending).items():
        said = ask_site(equipment, site_id, batch, equipment.store.clock.now())
        log.error("revoked_unrecorded", site=site_id, sent=len(batch), gone=len(said.gone))
    return len(due) + len(revoking)


def _push_stuck(equipment: Equipment) -> int:
    # A site that let one call run out of time lets the others wait: what is due elsewhere must not.
    activated, silent = 0, set[str | None]()
    for grant in _find(equipment, _stuck):
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


def _find(equipment: Equipment, question: _Question) -> list[Grant]:
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


def _due_to_end(now: datetime) -> Select[Any]:
    return (
        select(grants)
        .where(grants.c.state.in_(LIVE), grants.c.expires_at <= now)
        .order_by(grants.c.expires_at)
    )


def _held_by_the_shut_out(_now: datetime) -> Select[Any]:
    # Whoever disabled them ended their grants too, unless that was cut short.
    live = people.c.disabled_at.is_not(None) & grants.c.state.in_(LIVE)
    return select(grants).join(people, people.c.id == grants.c.person_id).where(live)


def _revocations_due(now: datetime) -> Select[Any]:
    due = (grants.c.state == GrantState.REVOKING) & (grants.c.next_try_at <= now)
    return select(grants).where(due).order_by(grants.c.next_try_at)


def _stuck(now: datetime) -> Select[Any]:
    waiting = grants.c.state.in_([GrantState.ISSUED, GrantState.ACTIVATING])
    due = (grants.c.next_try_at <= now) & (grants.c.expires_at > now)
    return select(grants).where(waiting, due).order_by(grants.c.next_try_at)


def _by_site(batch: Iterable[Grant]) -> dict[str, list[Grant]]:
    sites: dict[str, list[Grant]] = defaultdict(list)
    for grant in batch:
        if grant.site_id is not None:
            sites[grant.site_id].append(grant)
    return dict(sites)
