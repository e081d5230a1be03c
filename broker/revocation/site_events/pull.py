"""Goes on where a site's chain was left: what is proven and the new place in it are one commit."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import structlog
from sqlalchemy import select

from broker.access.equipment import Equipment
from broker.access.grant import GrantState
from broker.access.tables import grants
from broker.adapters.companion.chain import ChainBroken, Happening, verify_chain
from broker.adapters.port import Adapter, EventPage
from broker.errors import SiteError, Unavailable
from broker.ledger.entry import Entry
from broker.ledger.facts import MAX_INTEGER
from broker.revocation.due import SITES_AT_ONCE
from broker.revocation.reconcile.drift import Drift, DriftKind
from broker.revocation.reconcile.open_drifts import open_drift, open_drifts
from broker.revocation.site_events.entry import entry_for, known_to, notice_of
from broker.sites.register import Site, get_site
from broker.sites.watch import Watch, locked_watch, update_watch, watch_of
from broker.store import Transaction

MOST_PAGES = 4
"""Of one pull; a site with more to say is asked again with the next."""
A_COMMIT = 100
"""So many events: a site that talks without end must not keep the end of access waiting to be written down."""

log = structlog.get_logger("broker.reconcile")


def pull_events(equipment: Equipment, site: Site, adapter: Adapter) -> int:
    """How many events were written down. A broken chain is told, and gone on from where it stands now."""
    written = 0
    for _ in range(MOST_PAGES):
        with equipment.store.read() as reader:
            watch = watch_of(reader, site.id)
        page = adapter.events(watch.event_seq)
        try:
            happened = verify_chain(watch.event_seq, watch.event_hash, page)
        except ChainBroken as broken:
            _write_break(equipment, watch, page, broken)
            return written + len(broken.proven)
        new = _write(equipment, watch, happened)
        written += new
        if not new or new < len(happened) or happened[-1].seq >= page.head_seq:
            break
    return written


def pull_where_live(equipment: Equipment) -> int:
    """Pull from every site that lets somebody in now; a silent one keeps no other waiting."""
    with equipment.store.read() as reader:
        live = (grants.c.state == GrantState.ACTIVE) & grants.c.site_id.is_not(None)
        sites = [row.site_id for row in reader.all(select(grants.c.site_id).where(live).distinct())]
    with ThreadPoolExecutor(SITES_AT_ONCE, thread_name_prefix="events") as pool:
        return sum(pool.map(lambda site_id: _try(equipment, site_id), sites))


def _try(equipment: Equipment, site_id: str) -> int:
    try:
        with equipment.store.read() as reader:
            site = get_site(reader, site_id)
        return pull_events(equipment, site, equipment.adapter_for(site))
    except (SiteError, Unavailable):
        return 0  # the next pass over the site tells of it
    except Exception:  # one site's nonsense keeps no other's events waiting
        log.exception("events_not_pulled", site=site_id)
        return 0


def _write(equipment: Equipment, known: Watch, happened: Sequence[Happening]) -> int:
    """How many; fewer when another process went on in the meantime, for it wrote them down."""
    for start in range(0, len(happened), A_COMMIT):
        some = happened[start : start + A_COMMIT]
        with equipment.store.write() as tx:
            if not _is_still_there(tx, known):
                return start
            _append(tx, equipment, known.site_id, some)
            update_watch(tx, known.site_id, event_seq=some[-1].seq, event_hash=some[-1].hash)
        known = replace(known, event_seq=some[-1].seq, event_hash=some[-1].hash)
    return len(happened)


def _write_break(equipment: Equipment, known: Watch, page: EventPage, broken: ChainBroken) -> None:
    with equipment.store.write() as tx:
        if not _is_still_there(tx, known):
            return
        _append(tx, equipment, known.site_id, broken.proven)
        told = {each.kind for each in open_drifts(tx, known.site_id)}
        if DriftKind.EVENTS_BROKEN not in told:
            equipment.ledger.append(tx, _break(known, page, broken))
        proposal = (
            f"{broken.help} The broker goes on from where the chain stands now. Confirm when it is clear."
        )
        drift = Drift(DriftKind.EVENTS_BROKEN, "", str(broken), proposal)
        open_drift(tx, equipment.ledger, known.site_id, drift)
        if page.head_seq <= MAX_INTEGER:
            update_watch(tx, known.site_id, event_seq=page.head_seq, event_hash=page.head_hash)


def _break(known: Watch, page: EventPage, broken: ChainBroken) -> Entry:
    facts = {
        "site": known.site_id,
        "fault": str(broken.fault),
        "seq": str(broken.seq),
        "known_seq": known.event_seq,
        "known_hash": known.event_hash,
        "head_seq": str(page.head_seq),
        "head_hash": page.head_hash,
    }
    return Entry("site.events_broken", "broker", facts=facts)


def _append(tx: Transaction, equipment: Equipment, site_id: str, happened: Sequence[Happening]) -> None:
    known = known_to(tx, site_id, happened)
    for happening in happened:
        equipment.ledger.append(tx, entry_for(site_id, happening, known))
    if noticed := notice_of(site_id, happened):
        equipment.ledger.append(tx, noticed)


def _is_still_there(tx: Transaction, known: Watch) -> bool:
    watch = locked_watch(tx, known.site_id)
    return (watch.event_seq, watch.event_hash) == (known.event_seq, known.event_hash)
