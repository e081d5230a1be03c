"""A site is let go only when nothing of ours is left there."""

from __future__ import annotations

from sqlalchemy import func, select

from broker.access.equipment import Equipment
from broker.access.grant import GrantState
from broker.access.tables import grants
from broker.errors import Conflict
from broker.sites.retire import retire


def retire_site(equipment: Equipment, site_id: str, *, actor: str) -> None:
    """Conflict while a grant there has not been taken back and read back."""
    unfinished = (grants.c.site_id == site_id) & (grants.c.state != GrantState.REVOKED)
    with equipment.store.write() as tx:
        count = tx.execute(select(func.count()).select_from(grants).where(unfinished)).scalar_one()
        if count:
            left = "A grant there has" if count == 1 else f"{count} grants there have"
            raise Conflict(
                f"{left} not ended yet, so the site cannot be retired.",
                help="End them on their pages, wait until the site has confirmed it, and retire it then.",
            )
        retire(tx, equipment.ledger, site_id, actor=actor)
