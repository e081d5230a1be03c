"""A new key for leases: prepared, told to every site, used, and the old one retired, without a gap in enforcement."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from broker.access.equipment import Equipment
from broker.access.grant import GrantState
from broker.access.tables import grants
from broker.errors import BrokerError, Conflict
from broker.lease_keys import KeyState, RingKey, key_in, prepare, read_ring, retire, switch
from broker.ledger.body import decompose
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.sites.register import list_sites
from broker.store import Reader

SWITCHED = "site.keys_switched"
GRACE = timedelta(minutes=1)
_HELD = (GrantState.ACTIVATING, GrantState.ACTIVE, GrantState.REVOKING)


def prepare_key(equipment: Equipment, folder: Path, *, actor: str) -> RingKey:
    """Make the next key, once; sites learn of it by their pairing."""
    known = key_in(read_ring(folder), KeyState.NEXT)
    made = prepare(folder)
    if known is None:
        with equipment.store.write() as tx:
            equipment.ledger.append(tx, Entry("site.keys_prepared", actor, facts={"kid": made.kid}))
    return made


def sites_without(equipment: Equipment, kid: str) -> dict[str, str]:
    """The sites that do not know the key called ``kid``, and why not; kinds of sites that know no key are not asked for one."""
    with equipment.store.read() as reader:
        sites = list_sites(reader)
    lacking = {}
    for site in sites:
        try:
            keys = equipment.adapter_for(site).health().keys
        except BrokerError as error:
            lacking[site.id] = f"{error} {error.help}"
            continue
        if keys and kid not in keys:
            lacking[site.id] = f"It does not know the new key. Pair it again: broker site pairing {site.id}"
    return lacking


def switch_key(equipment: Equipment, folder: Path, *, force: bool, actor: str) -> RingKey:
    """Sign by the next key from now on. Conflict while a site does not know it, unless it is forced."""
    ring = read_ring(folder)
    before, after = key_in(ring, KeyState.CURRENT), key_in(ring, KeyState.NEXT)
    if after is not None and not force and (lacking := sites_without(equipment, after.kid)):
        words = "; ".join(f"{site_id}: {why}" for site_id, why in lacking.items())
        raise Conflict(
            f"Not every site knows the new key yet. {words}",
            help="A site that does not know it obeys nothing any more, the end of access neither. "
            "If the old key leaked: broker site keys switch --force",
        )
    if after is not None:
        # Written first: whatever was signed before this moment counts as signed by the old key.
        with equipment.store.write() as tx:
            facts = {"old": before.kid if before else None, "new": after.kid, "forced": force}
            equipment.ledger.append(tx, Entry(SWITCHED, actor, facts=facts))
    return switch(folder)


def retire_key(equipment: Equipment, folder: Path, kid: str, *, force: bool, actor: str) -> None:
    """Forget an old key. Conflict while a lease that it signed may be on a site, unless it is forced."""
    with equipment.store.read() as reader:
        left = _signed_by_old(reader, kid)
    if left and not force:
        count = "One grant is" if left == 1 else f"{left} grants are"
        raise Conflict(
            f"{count} still on a site under a lease that the old key may have signed.",
            help="Wait until they have ended, or end them; then retire it. "
            "If the old key leaked: broker site keys retire --force",
        )
    retire(folder, kid)
    with equipment.store.write() as tx:
        equipment.ledger.append(tx, Entry("site.keys_retired", actor, facts={"kid": kid, "forced": force}))


def _signed_by_old(reader: Reader, kid: str) -> int:
    """Grants on a site that were issued before the switch, as far as it is known when that was."""
    entries = ledger_entries.c
    told = select(entries.body, entries.digest).where(entries.event == SWITCHED).order_by(entries.seq.desc())
    switched = [decompose(row.body, row.digest) for row in reader.all(told)]
    at = next((each.at for each in switched if each.entry.facts.get("old") == kid), None)
    held = grants.c.site_id.is_not(None) & grants.c.state.in_(_HELD)
    # A process learns of the switch within seconds, and what it signed until then is by the old key too.
    before = held if at is None else held & (grants.c.issued_at < at + GRACE)
    return int(reader.execute(select(func.count()).select_from(grants).where(before)).scalar_one())
