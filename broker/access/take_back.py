"""Taking a grant back: decided in one commit, done on the site, believed only when the site was read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import update

from broker.access.ask_site import SiteSaid, ask_site
from broker.access.backoff import UNCONFIRMED_AFTER, delay
from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, GrantState, get_grant, move_grant
from broker.access.late.end_unrecorded import end_unrecorded
from broker.access.tables import grants
from broker.adapters.port import Observation
from broker.clock import jitter
from broker.errors import Unavailable
from broker.ledger.entry import Entry, Fact
from broker.sites.register import raise_mark
from broker.store import Transaction

_IN_TIME: Mapping[str, Fact] = {}

log = structlog.get_logger("broker.access")


def begin_taking_back(
    tx: Transaction,
    equipment: Equipment,
    grant: Grant,
    cause: Cause,
    *,
    actor: str,
    marks: Mapping[str, Fact] = _IN_TIME,
) -> Grant:
    """From this commit on the broker lets nobody in with it; what a site holds is taken back after it.

    ``marks`` are what an end carries in the ledger that was put aside before it could be written.
    """
    if grant.state is GrantState.ISSUED:
        return _gone(tx, equipment, grant, actor, cause=str(cause), read_back="nothing was pushed", **marks)
    changes = {"revoking_at": tx.at, "cause": str(cause), "tries": 0, "next_try_at": tx.at, "fault": None}
    entry = _entry("grant.revoking", grant, actor, cause=str(cause), site=grant.site_id, **marks)
    revoking = move_grant(tx, equipment.ledger, grant, GrantState.REVOKING, entry, **changes)
    if revoking.on_site:
        raise_mark(tx, revoking.site_id or "")
        return revoking
    return _gone(tx, equipment, revoking, actor, cause=str(cause), read_back="held by the broker alone")


def end(equipment: Equipment, grant_id: str, cause: Cause, *, actor: str) -> Grant:
    """End a grant now, on its site too as far as that answers. Ending what has ended is no error."""
    try:
        with equipment.store.write() as tx:
            grant = get_grant(tx, grant_id)
            if grant.state in LIVE:
                grant = begin_taking_back(tx, equipment, grant, cause, actor=actor)
    except Unavailable:
        return end_unrecorded(equipment, grant_id, cause, actor=actor)
    return take_back_now(equipment, grant)


def settle_taking_back(equipment: Equipment, batch: Sequence[Grant], said: SiteSaid) -> list[Grant]:
    """Write down what the site said of each grant; one that moved on in the meantime is left as it is."""
    settled = []
    with equipment.store.write() as tx:
        for asked in batch:
            grant = get_grant(tx, asked.id)
            if grant.state is GrantState.REVOKING:
                grant = _settle(tx, equipment, grant, said)
            settled.append(grant)
    if said.observed is not None and batch:
        _pass_on(equipment, batch[0].site_id or "", said.asked_at, said.observed)
    return settled


def take_back_now(equipment: Equipment, grant: Grant) -> Grant:
    """One attempt at once, for a person who waits; what fails is the sweep's."""
    if grant.state is not GrantState.REVOKING or grant.id in equipment.spool.ended():
        return grant
    said = ask_site(equipment, grant.site_id or "", [grant], equipment.store.clock.now())
    return settle_taking_back(equipment, [grant], said)[0]


def _pass_on(equipment: Equipment, site_id: str, asked_at: datetime, observed: Observation) -> None:
    try:
        equipment.notice(site_id, asked_at, observed)
    except Exception:  # the end of access is written down; what else the site shows is looked at again
        log.exception("observation_not_compared", site=site_id)


def _settle(tx: Transaction, equipment: Equipment, grant: Grant, said: SiteSaid) -> Grant:
    if grant.id in said.gone:
        return _gone(
            tx, equipment, grant, "broker", cause=str(grant.cause), site=grant.site_id, read_back="gone"
        )
    tries = grant.tries + 1
    changes = {"tries": tries, "next_try_at": tx.at + delay(tries, jitter()), "fault": said.fault}
    if tries == UNCONFIRMED_AFTER and grant.unconfirmed_at is None:
        changes["unconfirmed_at"] = tx.at
        facts = {"site": grant.site_id, "tries": tries, "fault": said.fault}
        equipment.ledger.append(tx, _entry("grant.unconfirmed", grant, "broker", **facts))
    tx.execute(update(grants).where(grants.c.id == grant.id).values(**changes))
    return get_grant(tx, grant.id)


def _gone(tx: Transaction, equipment: Equipment, grant: Grant, actor: str, **facts: Fact) -> Grant:
    entry = _entry("grant.revoked", grant, actor, **facts)
    changes = {"revoked_at": tx.at, "cause": facts["cause"], "next_try_at": None, "fault": None}
    return move_grant(tx, equipment.ledger, grant, GrantState.REVOKED, entry, **changes)


def _entry(event: str, grant: Grant, actor: str, **facts: Fact) -> Entry:
    return Entry(event, actor, grant.request_id, grant.id, grant.person_id, facts)
