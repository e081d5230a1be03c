"""A site is sent revocations and asked what it still shows. Nothing is written, so it works while nothing can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from broker.access.containment import Order, document_for
from broker.access.equipment import Equipment
from broker.access.grant import Grant
from broker.access.lease_for import revocation_for
from broker.adapters.port import Answer, Observation, Outcome
from broker.errors import NotFound, SiteError, Unavailable
from broker.sites.register import get_site

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


def ask_site(equipment: Equipment, site_id: str, batch: Sequence[Grant], now: datetime) -> SiteSaid:
    """Send the revocations and read the site back."""
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


def ask_to_contain(
    equipment: Equipment, site_id: str, orders: Sequence[Order]
) -> tuple[Mapping[str, Outcome], str]:
    """What the site answered to each order; when it could not be asked, nothing and why."""
    try:
        with equipment.store.read() as reader:
            site = get_site(reader, site_id)
        documents = [document_for(equipment.lease_signer, order) for order in orders]
        return equipment.adapter_for(site).contain(documents), ""
    except SiteError as error:
        return {}, str(error)
    except Unavailable:
        raise
    except Exception:  # one site nobody can call must not keep the others open
        log.exception("site_call_broke", site=site_id)
        return {}, NO_CALL


def _is_gone(grant_id: str, outcomes: Mapping[str, Outcome], observed: Observation) -> bool:
    outcome = outcomes.get(grant_id)
    return outcome is not None and outcome.answer is Answer.DONE and grant_id not in observed.active
