"""The sites whose turn it is, several at once: one that keeps silent keeps no other from being looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from broker.access.equipment import Equipment
from broker.revocation.due import SITES_AT_ONCE
from broker.revocation.reconcile.one_site import try_site
from broker.sites.watch import claim_due


@dataclass(frozen=True)
class Reconciled:
    """How many sites were looked at, and how many of them did not let the pass come to its end."""

    looked: int = 0
    silent: int = 0


def reconcile_due(equipment: Equipment, every: timedelta) -> Reconciled:
    """One pass over each site whose turn it is. Where something was just done it is its turn at once."""
    due = claim_due(equipment.store, every)
    with ThreadPoolExecutor(SITES_AT_ONCE, thread_name_prefix="reconcile") as pool:
        ended = list(pool.map(lambda site_id: try_site(equipment, site_id, every), due))
    return Reconciled(len(ended), ended.count(False))
