"""Which roles may be lent where nothing on the site limits them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from broker.adapters.jws import DocumentRefused

_ROLE = re.compile(r"[a-z][a-z0-9_-]{0,59}\Z")
_MOST_ROLES = 10
_FORBIDDEN = frozenset({"administrator", "super_admin"})
# By whatever name a role goes: who holds one of these makes themselves what they like, or the site run their code.
_RULING = re.compile(
    r"(manage_options|(promote|create|delete|remove|add)_users|edit_files|update_(core|php)|unfiltered_upload"
    r"|manage_network.*|\w+_(plugins|themes|sites))\Z"
)


def roles_of(scope: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles a scope ``{"roles": [...]}`` lends; DocumentRefused: ``bad_scope``, ``forbidden_role``."""
    roles = scope.get("roles")
    if set(scope) != {"roles"} or not isinstance(roles, list) or not 0 < len(roles) <= _MOST_ROLES:
        raise DocumentRefused("bad_scope")
    if not all(isinstance(role, str) and _ROLE.match(role) for role in roles):
        raise DocumentRefused("bad_scope")
    if _FORBIDDEN & set(roles):
        raise DocumentRefused("forbidden_role")
    return tuple(dict.fromkeys(roles))


def ruling(capabilities: Iterable[str]) -> set[str]:
    """Those among ``capabilities`` that no lease may give."""
    return {each for each in capabilities if _RULING.match(each)}
