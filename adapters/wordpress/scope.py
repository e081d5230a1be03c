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
# Orders have a scope of their own; as posts they would open without its rules.
_POST_TYPE = re.compile(r"(?!shop_order)[a-z0-9_-]{1,20}\Z")
_META_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,191}\Z")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]+\Z")
_CUSTOMER_ID = re.compile(r"[1-9][0-9]{0,17}\Z")
_OPENS = frozenset({"posts", "orders", "primitives"})
_POST_VERBS = frozenset({"read", "edit"})
_ORDER_VERBS = frozenset({"read", "notes"})
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

    Any of ``posts`` ({post_type, meta_key, capabilities: read, edit}), ``orders``
    ({match, capabilities: read, notes} and, where ``match`` is ``customer_meta``,
    ``key``) and ``primitives`` (WordPress capabilities, limited to no patient);
    ``patient`` exactly when posts or orders are opened. With ``session: first`` it
    is for the one login session that uses it first.
    """
    keys = set(scope)
    if not keys & _OPENS or not keys <= _OPENS | {"patient", "session"}:
        raise DocumentRefused("bad_scope")
    if scope.get("session", "first") != "first":
        raise DocumentRefused("bad_scope")
    if ("patient" in keys) != bool(keys & {"posts", "orders"}):
        raise DocumentRefused("bad_scope")
    if "patient" in keys:
        _check_patient(scope["patient"])
    if "posts" in keys:
        _check_posts(scope["posts"])
    if "orders" in keys:
        _check_orders(scope["orders"], scope["patient"])
    if "primitives" in keys:
        _check_primitives(_words(scope["primitives"]))


def _check_patient(patient: Any) -> None:
    _matching(patient, _PLAIN)
    if len(patient.encode()) > 191:  # noqa: PLR2004 - what an index over post meta holds
        raise DocumentRefused("bad_scope")


def _check_posts(posts: Any) -> None:
    posts = _map(posts, {"post_type", "meta_key", "capabilities"})
    _matching(posts["post_type"], _POST_TYPE)
    _matching(posts["meta_key"], _META_KEY)
    _verbs(posts["capabilities"], _POST_VERBS)


def _check_orders(orders: Any, patient: str) -> None:
    match = orders.get("match") if isinstance(orders, Mapping) else None
    if match == "customer_meta":
        orders = _map(orders, {"match", "key", "capabilities"})
        _matching(orders["key"], _META_KEY)
    elif match == "customer_id":
        orders = _map(orders, {"match", "capabilities"})
        # Customer 0 is every guest; a number has one spelling.
        _matching(patient, _CUSTOMER_ID)
    else:
        raise DocumentRefused("bad_scope")
    _verbs(orders["capabilities"], _ORDER_VERBS)


def _map(value: Any, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or set(value) != keys:
        raise DocumentRefused("bad_scope")
    return value


def _matching(value: Any, pattern: re.Pattern[str]) -> None:
    if not isinstance(value, str) or not pattern.match(value):
        raise DocumentRefused("bad_scope")


def _verbs(value: Any, known: frozenset[str]) -> None:
    if not set(_words(value)) <= known:
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
