"""A site is let go: nothing leads there any more, and nothing that would let somebody in is kept."""

from __future__ import annotations

from sqlalchemy import delete, update

from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.sites.credentials import destroy_all
from broker.sites.register import get_site
from broker.sites.tables import site_accounts, site_patients, sites
from broker.store import Transaction


def retire(tx: Transaction, ledger: Ledger, site_id: str, *, actor: str) -> None:
    """Its row stays, so that its id is never given to another site: old documents would be good there."""
    site = get_site(tx, site_id)
    destroy_all(tx, site.id)
    for table in (site_accounts, site_patients):
        tx.execute(delete(table).where(table.c.site_id == site.id))
    tx.execute(update(sites).where(sites.c.id == site.id).values(retired_at=tx.at))
    ledger.append(tx, Entry("site.retired", actor, facts={"site": site.id, "kind": site.kind}))
