"""Several sites are asked at once, each for all that is to be taken back there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from broker.access.ask_site import SiteSaid, ask_site
from broker.access.equipment import Equipment
from broker.access.grant import Grant
from broker.revocation.due import SITES_AT_ONCE, by_site


def ask_sites(
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
