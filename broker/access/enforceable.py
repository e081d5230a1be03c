"""Some kinds of sites cannot enforce what is granted there; policy says whether that will do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.adapters.kind import kind_of, limits_of
from broker.errors import ConfigurationError, NotFound, Refused
from broker.policy.catalog import Catalog
from broker.sites.fitness import fits, fits_anybody
from broker.sites.register import Site, get_site
from broker.store import Reader


def limits_on(reader: Reader, site_id: str | None) -> tuple[str, ...]:
    """What cannot be promised of a grant on the site; nothing for the broker's own holdings."""
    site = _site(reader, site_id)
    return limits_of(site.kind) if site else ()


def why_not_enforceable(reader: Reader, catalog: Catalog, site_id: str | None) -> str:
    """A sentence when policy wants more of the site than it can do, empty otherwise."""
    site = _site(reader, site_id)
    limits = limits_of(site.kind) if site else ()
    if site is None or not limits or not catalog.rules_of(site.id).companion_required:
        return ""
    return (
        f"{site.title} cannot enforce this by itself, and policy does not accept that: {'; '.join(limits)}."
    )


def check_enforceable(reader: Reader, catalog: Catalog, site_id: str | None) -> None:
    """Refused with that sentence."""
    if sentence := why_not_enforceable(reader, catalog, site_id):
        raise Refused(
            sentence,
            help="An administrator installs the companion there, or policy says companion: optional for the site.",
        )


def may_be_named(reader: Reader, site_id: str, scope: Mapping[str, Any], named: Mapping[str, Any]) -> bool:
    """Whether the site's kind could enforce ``named``, which is ``scope`` for one patient.

    True as well where it could not enforce ``scope`` for anybody: that is policy's
    fault and not the patient's, and the doctor says so.
    """
    site = _site(reader, site_id)
    try:
        kind = kind_of(site.kind) if site else None
    except ConfigurationError:
        return True  # whoever connects to it is told
    return kind is None or fits(kind, named) or not fits_anybody(kind, scope)


def _site(reader: Reader, site_id: str | None) -> Site | None:
    try:
        return get_site(reader, site_id) if site_id else None
    except NotFound:  # retired; nothing is granted there for other reasons
        return None
