"""An accounting of disclosures as a FHIR Bundle: of each access that it began, what was opened, and that it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from broker.feeds.formats.about import Teller
from broker.feeds.formats.fhir.audit_event import MEDIA_TYPE, Release, audit_events
from broker.feeds.formats.fhir.bundle import collection_parts
from broker.feeds.look_up import abouts
from broker.identity.people import everyone
from broker.ledger.read import entries_of_grant
from broker.review.disclosures.draw_up import DrawnUp
from broker.sites.register import list_sites
from broker.web.parts import Parts

__all__ = ["MEDIA_TYPE", "fhir_lines"]

_TOLD = frozenset({"grant.issued", "link.exchanged", "site.event", "grant.revoked"})


def fhir_lines(wired: Parts, drawn: DrawnUp) -> Iterator[str]:
    """The Bundle line by line; staff and sites by name, the patient by the clinic's own id."""
    return collection_parts(_events(wired, drawn))


def _events(wired: Parts, drawn: DrawnUp) -> Iterator[dict[str, Any]]:
    with wired.store.read() as reader:
        names = {each.id: each.name for each in everyone(reader)}
        names |= {site.id: site.title for site in list_sites(reader)}
    teller = Teller(issuer=wired.settings.base_url, names=names)
    for access in drawn.accesses:
        with wired.store.read() as reader:
            entries = [
                each for each in entries_of_grant(reader, access.grant_id) if each.entry.event in _TOLD
            ]
            known = abouts(reader, entries, clinic_refs=True)
        for each in entries:
            yield from audit_events(each, known[each.seq], teller=teller, release=Release.R4)
