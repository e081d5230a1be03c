"""Who may ask for what, and who may decide about it."""

from __future__ import annotations

from collections.abc import Collection

from broker.policy.catalog import Catalog, Entitlement
from broker.policy.decision import Reason, Rule


def offers(catalog: Catalog, roles: Collection[str]) -> tuple[Entitlement, ...]:
    """What policy offers somebody holding these roles, in the order of the files."""
    held = frozenset(roles)
    return tuple(each for each in catalog.entitlements.values() if each.who & held)


def may_decide(
    entitlement: Entitlement,
    approver_roles: Collection[str],
    approver_id: str,
    requester_id: str,
    *,
    already_decided: Collection[str] = (),
) -> Reason:
    """Whether this person may approve or deny. No role lifts the ban on deciding one's own request.

    ``already_decided`` are the ids of those whose approval counts already: two approvals are two people's.
    """
    if not approver_id or not requester_id:
        return _no("It is not known who asks or who decides.")
    if approver_id == requester_id:
        return _no("This is your own request. Somebody else has to decide it.")
    if not entitlement.approvals.roles & frozenset(approver_roles):
        return _no("Your roles do not include deciding about this.")
    if approver_id in already_decided:
        return _no("You have decided already. The other approval has to be another person's.")
    return Reason(Rule.MAY_DECIDE, "You may decide this request.", met=True)


def _no(words: str) -> Reason:
    return Reason(Rule.MAY_DECIDE, words, met=False)
