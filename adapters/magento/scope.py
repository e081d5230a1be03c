"""What a lease for a Magento site may hold, and what no lease may ever give there.

The module keeps the same list and has the last word; saying no here as well
lets a bad policy fail on the desk and not in an emergency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broker.adapters.jws import DocumentRefused

_RESOURCE = re.compile(r"[A-Z][A-Za-z0-9]{0,49}_[A-Z][A-Za-z0-9]{0,49}::[A-Za-z0-9_]{1,80}\Z")
_LONGEST_LIST = 50

# People, settings, keys, other systems, everything at once, and what is as good as code. The settings of each
# module hang below Magento's own; where they have another name, the shop itself says no.
_FORBIDDEN = re.compile(
    r"(EmergencyAccess_Broker|Magento_(User|Integration|Config|Webapi|Backup|EncryptionKey"
    r"|TwoFactorAuth|LoginAsCustomer[A-Za-z]*|[A-Za-z]*ImportExport|AdobeIms|Email|Theme|Widget|Variable))::"
    r"|.*::config(uration)?(_|\Z)"
    r"|Magento_Backend::(all|stores_settings|store|setup_wizard|extensions|local|custom|convert|design|schedule)\Z"
    r"|Magento_(Newsletter::template|GraphQlServer::admin_graphql)\Z"
    r"|.*_design\Z",
    re.IGNORECASE,
)


def forbidden(resource: str) -> bool:
    """Whether no lease may ever give this resource."""
    return _FORBIDDEN.match(resource) is not None


def check_scope(scope: Mapping[str, Any]) -> None:
    """Raise :class:`DocumentRefused` (``bad_scope``, ``forbidden_capability``) unless a site could enforce it.

    ``resources`` alone: ids of Magento's access control list, limited to no patient.
    """
    resources = scope.get("resources")
    if set(scope) != {"resources"} or not isinstance(resources, list):
        raise DocumentRefused("bad_scope")
    if not 0 < len(resources) <= _LONGEST_LIST or not all(map(_is_resource, resources)):
        raise DocumentRefused("bad_scope")
    if any(map(forbidden, resources)):
        raise DocumentRefused("forbidden_capability")


def _is_resource(value: Any) -> bool:
    return isinstance(value, str) and _RESOURCE.match(value) is not None
