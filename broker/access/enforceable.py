"""Some kinds of sites cannot enforce what is granted there; policy says whether that will do."""

from __future__ import annotations

from broker.adapters.kind import limits_of
from broker.errors import NotFound, Refused
from broker.policy.catalog import Catalog
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


def _site(reader: Reader, site_id: str | None) -> Site | None:
    try:
        return get_site(reader, site_id) if site_id else None
    except NotFound:  # retired; nothing is granted there for other reasons
        return None
