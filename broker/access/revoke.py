"""Security ends somebody's access before its time."""

from __future__ import annotations

from sqlalchemy import select

from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant
from broker.access.tables import grants
from broker.access.take_back import end
from broker.errors import Refused
from broker.identity.people import Person, Role

MAY_REVOKE = frozenset({Role.APPROVER, Role.REVIEWER, Role.ADMIN})


def revoke(equipment: Equipment, actor: Person, grant_id: str) -> Grant:
    """End any grant now. Ending what has ended is no error; Refused for people without a role for it."""
    if not actor.roles & MAY_REVOKE:
        raise Refused("Only approvers, reviewers and administrators may end another person's access.")
    return end(equipment, grant_id, Cause.ENDED_BY_SECURITY, actor=actor.id)


def revoke_all_of(equipment: Equipment, person_id: str, *, actor: str) -> int:
    """End every live grant of somebody who is shut out; how many there were."""
    with equipment.store.read() as reader:
        live = (grants.c.person_id == person_id) & grants.c.state.in_(LIVE)
        found = [row.id for row in reader.all(select(grants.c.id).where(live))]
    for grant_id in found:
        end(equipment, grant_id, Cause.ENDED_BY_SECURITY, actor=actor)
    return len(found)
