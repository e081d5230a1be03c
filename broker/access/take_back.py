"""Taking a grant back: decided in one commit, done on the site, believed only when the site was read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import update

from broker.access.backoff import UNCONFIRMED_AFTER, delay
from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, GrantState, get_grant, move_grant
from broker.access.lease_for import revocation_for
from broker.access.tables import grants
from broker.adapters.port import Answer, Observation, Outcome
from broker.clock import jitter
from broker.errors import NotFound, SiteError, Unavailable
from broker.ledger.entry import Entry, Fact
from broker.sites.register import get_site, raise_mark
from broker.store import Transaction

NO_CALL = "The broker could not call this site at all. See its log."

log = structlog.get_logger("broker.access")


@dataclass(frozen=True)
class SiteSaid:
    """What a site answered to a batch of revocations: ``gone`` were read back, ``fault`` says why the rest were not.

    ``observed`` is what it showed then, None when it did not; ``asked_at`` is before anything was sent.
    """

    gone: frozenset[str]
    fault: str
    asked_at: datetime
    observed: Observation | None = None


def begin_taking_back(
    tx: Transaction, equipment: Equipment, grant: Grant, cause: Cause, *, actor: str
) -> Grant:
    """From this commit on the broker lets nobody in with it; what a site holds is taken back after it."""
    if grant.state is GrantState.ISSUED:
        return _gone(tx, equipment, grant, actor, cause=str(cause), read_back="nothing was pushed")
    changes = {"revoking_at": tx.at, "cause": str(cause), "tries": 0, "next_try_at": tx.at, "fault": None}
    entry = _entry("grant.revoking", grant, actor, cause=str(cause), site=grant.site_id)
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
    except Unavailable as error:
        if not take_back_unrecorded(equipment, grant_id):
            raise
        raise Unavailable(
            "The end could not be written down yet, but the site was told, and no longer lets you in.",
            help="Nothing to do: it is written down as soon as that works.",
        ) from error
    return take_back_now(equipment, grant)


def ask_site(equipment: Equipment, site_id: str, batch: Sequence[Grant], now: datetime) -> SiteSaid:
    """Send the revocations and read the site back. Nothing is written here, so it works while nothing can be."""
    documents = [revocation_for(equipment.lease_signer, grant, now) for grant in batch]
    try:
        with equipment.store.read() as reader:
            site = get_site(reader, site_id)
        adapter = equipment.adapter_for(site)
        outcomes = adapter.revoke(documents)
        observed = adapter.observe()
    except (SiteError, NotFound) as error:
        return SiteSaid(frozenset(), str(error), now)
    except Unavailable:
        raise
    except Exception:  # a site nobody can even call must not keep the others' access open
        log.exception("site_call_broke", site=site_id)
        return SiteSaid(frozenset(), NO_CALL, now)
    gone = frozenset(g.id for g in batch if _is_gone(g.id, outcomes, observed))
    fault = "" if len(gone) == len(batch) else "The site still enforces this lease."
    return SiteSaid(gone, fault, now, observed)


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


def take_back_unrecorded(equipment: Equipment, grant_id: str) -> bool:
    """Tell the site all the same while nothing can be written; whether it was read back as gone.

    The sweep does it once more and writes it down.
    """
    with equipment.store.read() as reader:
        grant = get_grant(reader, grant_id)
    if grant.lease_version is None or grant.site_id is None:
        return False
    return grant_id in ask_site(equipment, grant.site_id, [grant], equipment.store.clock.now()).gone


def take_back_now(equipment: Equipment, grant: Grant) -> Grant:
    """One attempt at once, for a person who waits; what fails is the sweep's."""
    if grant.state is not GrantState.REVOKING:
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


def _is_gone(grant_id: str, outcomes: Mapping[str, Outcome], observed: Observation) -> bool:
    outcome = outcomes.get(grant_id)
    return outcome is not None and outcome.answer is Answer.DONE and grant_id not in observed.active


def _entry(event: str, grant: Grant, actor: str, **facts: Fact) -> Entry:
    return Entry(event, actor, grant.request_id, grant.id, grant.person_id, facts)
