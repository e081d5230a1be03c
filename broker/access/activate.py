"""A grant comes to life: intent in one commit, the push outside any, the outcome in another."""

from __future__ import annotations

import structlog
from sqlalchemy import update

from broker.access.ask_site import NO_CALL
from broker.access.backoff import IN_FLIGHT, delay
from broker.access.equipment import Equipment
from broker.access.grant import Cause, Grant, GrantState, get_grant, move_grant
from broker.access.lease_for import lease_for
from broker.access.tables import grants
from broker.access.take_back import begin_taking_back
from broker.adapters.port import Answer, Outcome
from broker.clock import jitter
from broker.errors import SiteError, Unavailable
from broker.ledger.entry import Entry, Fact
from broker.sites.register import get_site, reserve_versions
from broker.sites.watch import look_soon
from broker.store import Transaction

log = structlog.get_logger("broker.access")


def activate(equipment: Equipment, grant_id: str) -> Grant:
    """Make an issued grant usable. A site that does not answer leaves it activating; the sweep goes on trying."""
    with equipment.store.write() as tx:
        grant = get_grant(tx, grant_id)
        if grant.state is not GrantState.ISSUED or not grant.is_live(tx.at):
            return grant
        grant = _intend(tx, equipment, grant)
    return push(equipment, grant) if grant.on_site else grant


def push(equipment: Equipment, grant: Grant) -> Grant:
    """Send the lease of an activating grant. The same lease each time, so that a repeat changes nothing."""
    try:
        with equipment.store.read() as reader:
            site = get_site(reader, grant.site_id or "")
            lease = lease_for(reader, equipment.lease_signer, grant)
        outcome = equipment.adapter_for(site).apply([lease])[grant.id]
    except SiteError as error:
        return _try_later(equipment, grant, str(error))
    except Unavailable:
        raise
    except Exception:  # told like any other failed try, or the grant would wait without a word
        log.exception("site_call_broke", site=grant.site_id)
        return _try_later(equipment, grant, NO_CALL)
    return _settle(equipment, grant, outcome)


def _intend(tx: Transaction, equipment: Equipment, grant: Grant) -> Grant:
    if not grant.on_site:
        grant = move_grant(
            tx, equipment.ledger, grant, GrantState.ACTIVATING, _entry("grant.activating", grant)
        )
        entry = _entry("grant.active", grant)
        return move_grant(
            tx, equipment.ledger, grant, GrantState.ACTIVE, entry, active_at=tx.at, next_try_at=None
        )
    version = reserve_versions(tx, grant.site_id or "")
    entry = _entry("grant.activating", grant, site=grant.site_id, lease_version=version)
    changes = {"lease_version": version, "next_try_at": tx.at + IN_FLIGHT}
    return move_grant(tx, equipment.ledger, grant, GrantState.ACTIVATING, entry, **changes)


def _settle(equipment: Equipment, pushed: Grant, outcome: Outcome) -> Grant:
    with equipment.store.write() as tx:
        grant = get_grant(tx, pushed.id)
        if grant.state is not GrantState.ACTIVATING:
            return grant  # taken back, or settled by the sweep, while the site was answering
        look_soon(tx, grant.site_id or "")
        if outcome.answer is Answer.DONE:
            entry = _entry("grant.active", grant, site=grant.site_id)
            changes = {"active_at": tx.at, "next_try_at": None, "tries": 0, "fault": None}
            return move_grant(tx, equipment.ledger, grant, GrantState.ACTIVE, entry, **changes)
        equipment.ledger.append(
            tx, _entry("grant.push_refused", grant, site=grant.site_id, reason=outcome.reason)
        )
        return begin_taking_back(tx, equipment, grant, Cause.PUSH_REFUSED, actor="broker")


def _try_later(equipment: Equipment, pushed: Grant, fault: str) -> Grant:
    with equipment.store.write() as tx:
        grant = get_grant(tx, pushed.id)
        if grant.state is not GrantState.ACTIVATING:
            return grant
        tries = grant.tries + 1
        again = {"tries": tries, "next_try_at": tx.at + delay(tries, jitter()), "fault": fault}
        tx.execute(update(grants).where(grants.c.id == grant.id).values(**again))
        equipment.ledger.append(
            tx, _entry("grant.push_failed", grant, site=grant.site_id, tries=tries, fault=fault)
        )
        return get_grant(tx, grant.id)


def _entry(event: str, grant: Grant, **facts: Fact) -> Entry:
    return Entry(event, "broker", grant.request_id, grant.id, grant.person_id, facts)
