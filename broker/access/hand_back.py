"""The holder is done early and says so."""

from __future__ import annotations

from broker.access.equipment import Equipment
from broker.access.grant import Cause, Grant, get_grant
from broker.access.take_back import end
from broker.errors import NotFound
from broker.identity.people import Person


def hand_back(equipment: Equipment, holder: Person, grant_id: str) -> Grant:
    """End one's own access now. Handing back twice is no error; another's grant is NotFound."""
    with equipment.store.read() as reader:
        if get_grant(reader, grant_id).person_id != holder.id:
            raise NotFound("There is no such access.", help="Look for it on your home page.")
    return end(equipment, grant_id, Cause.HANDED_BACK, actor=holder.id)
