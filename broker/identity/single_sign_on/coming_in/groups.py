"""Groups of the organisation become roles in the broker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.identity.people import Role
from broker.identity.single_sign_on.refused import SignOnRefused, Why
from broker.identity.single_sign_on.rules import Rules


def roles_by_groups(claims: Mapping[str, Any], rules: Rules) -> frozenset[Role] | None:
    """The roles of all groups named; None where policy gives roles by no group.

    SignOnRefused when there are so many groups that the provider sent none of them:
    that must not look like having lost every one.
    """
    if not rules.groups:
        return None
    elsewhere = claims.get("_claim_names")
    if claims.get("hasgroups") or (isinstance(elsewhere, dict) and rules.groups_claim in elsewhere):
        raise SignOnRefused(Why.TOO_MANY_GROUPS)
    return frozenset(Role(code) for name in _groups(claims, rules) for code in rules.groups.get(name, ()))


def _groups(claims: Mapping[str, Any], rules: Rules) -> list[str]:
    said = claims.get(rules.groups_claim, [])
    listed = said if isinstance(said, list) else [said]
    return [name for name in listed if isinstance(name, str)]
