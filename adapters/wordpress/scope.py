"""What a lease for a WordPress site may hold, and what no lease may ever give there.

The companion keeps the same list and has the last word; saying no here as well
lets a bad policy fail on the desk and not in an emergency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broker.adapters.jws import DocumentRefused

_CAPABILITY = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_POST_TYPE = re.compile(r"[a-z0-9_-]{1,20}\Z")
_META_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,191}\Z")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]+\Z")
_LIMITED = frozenset({"patient", "post_type", "meta_key", "capabilities"})
_VERBS = frozenset({"read", "edit"})
_LONGEST_LIST = 50

# Families: who may enter, which code runs, whole networks, roles as such, settings.
_FORBIDDEN_FAMILY = re.compile(
    r"_(users?|plugins?|themes?|sites?|networks?|roles?|options|app_passwords?)\Z"
    r"|^manage_network|^level_[0-9]+\Z|_theme_options\Z"
)
_FORBIDDEN = frozenset({
    "administrator", "editor", "author", "contributor", "subscriber", "super_admin", "shop_manager",
    "do_not_allow", "exist", "customize", "export", "import", "edit_files", "edit_css", "edit_dashboard",
    "unfiltered_html", "unfiltered_upload", "update_core", "update_php", "update_languages",
    "install_languages", "export_others_personal_data", "erase_others_personal_data",
    "manage_privacy_options", "manage_woocommerce", "view_site_health_checks",
})  # fmt: skip


def forbidden(capability: str) -> bool:
    """Whether no lease may ever give this primitive capability."""
    return capability in _FORBIDDEN or _FORBIDDEN_FAMILY.search(capability) is not None


def check_scope(scope: Mapping[str, Any]) -> None:
    """Raise :class:`DocumentRefused` (``bad_scope``, ``forbidden_capability``) unless a site could enforce it.

    Either or both of: the four keys ``patient, post_type, meta_key, capabilities``
    (verbs ``read`` and ``edit`` on that patient's posts), and ``primitives`` (a
    list of WordPress capabilities, limited to no patient).
    """
    keys = set(scope)
    limited = keys - {"primitives"}
    if not keys or limited not in (set(), _LIMITED):
        raise DocumentRefused("bad_scope")
    if limited:
        _check_limited(scope)
    if "primitives" in keys:
        _check_primitives(_words(scope["primitives"]))


def _check_limited(scope: Mapping[str, Any]) -> None:
    patient = scope["patient"]
    sound = (
        isinstance(patient, str)
        and 0 < len(patient.encode()) <= 191  # noqa: PLR2004 - what an index over post meta holds
        and _PLAIN.match(patient)
        and isinstance(scope["post_type"], str)
        and _POST_TYPE.match(scope["post_type"])
        and isinstance(scope["meta_key"], str)
        and _META_KEY.match(scope["meta_key"])
    )
    if not sound or not set(_words(scope["capabilities"])) <= _VERBS:
        raise DocumentRefused("bad_scope")


def _check_primitives(capabilities: list[str]) -> None:
    if not all(_CAPABILITY.match(capability) for capability in capabilities):
        raise DocumentRefused("bad_scope")
    if any(forbidden(capability) for capability in capabilities):
        raise DocumentRefused("forbidden_capability")


def _words(value: Any) -> list[str]:
    if not isinstance(value, list) or not 0 < len(value) <= _LONGEST_LIST:
        raise DocumentRefused("bad_scope")
    if not all(isinstance(word, str) for word in value):
        raise DocumentRefused("bad_scope")
    return value
