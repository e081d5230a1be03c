"""Security ends somebody's access before its time."""

from __future__ import annotations

from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, Grant, get_grant
from broker.access.take_back import begin_taking_back, take_back_now
from broker.errors import Refused
from broker.identity.people import Person, Role

MAY_REVOKE = frozenset({Role.APPROVER, Role.REVIEWER, Role.ADMIN})


def revoke(equipment: Equipment, actor: Person, grant_id: str) -> Grant:
    """End any grant now. Ending what has ended is no error; Refused for people without a role for it."""
    if not actor.roles & MAY_REVOKE:
        raise Refused("Only approvers, reviewers and administrators may end another person's access.")
    with equipment.store.write() as tx:
        grant = get_grant(tx, grant_id)
        if grant.state in LIVE:
            grant = begin_taking_back(tx, equipment, grant, Cause.ENDED_BY_SECURITY, actor=actor.id)
    return take_back_now(equipment, grant)
