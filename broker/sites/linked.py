"""Which logins of a site belong to somebody here."""

from __future__ import annotations

from sqlalchemy import select

from broker.sites.tables import site_accounts
from broker.store import Reader


def logins_on(reader: Reader, site_id: str) -> list[str]:
    """Each once, in the order of the alphabet."""
    theirs = select(site_accounts.c.account).where(site_accounts.c.site_id == site_id).distinct()
    return list(reader.execute(theirs.order_by(site_accounts.c.account)).scalars())
