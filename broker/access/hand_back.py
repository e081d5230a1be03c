"""The holder is done early and says so."""

from __future__ import annotations

from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, get_grant
from broker.access.take_back import begin_taking_back, take_back_now
from broker.errors import NotFound
from broker.identity.people import Person


def hand_back(equipment: Equipment, holder: Person, grant_id: str) -> Grant:
    """End one's own access now. Handing back twice is no error; another's grant is NotFound."""
    with equipment.store.write() as tx:
        grant = get_grant(tx, grant_id)
        if grant.person_id != holder.id:
            raise NotFound("There is no such access.", help="Look for it on your home page.")
        if grant.state in LIVE:
            grant = begin_taking_back(tx, equipment, grant, Cause.HANDED_BACK, actor=holder.id)
    return take_back_now(equipment, grant)
