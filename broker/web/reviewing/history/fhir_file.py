"""The filtered history as a FHIR Bundle: an AuditEvent for every entry the ledger has of its grants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from broker.feeds.formats.about import Teller
from broker.feeds.formats.fhir.audit_event import MEDIA_TYPE, Release, audit_events
from broker.feeds.formats.fhir.bundle import collection_parts
from broker.feeds.look_up import abouts
from broker.identity.people import everyone
from broker.review.history.exporting.entries import entry_pages
from broker.review.history.rows import HistoryRow
from broker.sites.register import list_sites
from broker.web.parts import Parts

__all__ = ["MEDIA_TYPE", "fhir_lines"]


def fhir_lines(wired: Parts, parts_of_it: Iterable[Sequence[HistoryRow]]) -> Iterator[str]:
    """The Bundle as it is read, a line for each event; staff and sites by name, patients by the broker's own id."""
    return collection_parts(_events(wired, parts_of_it))


def _events(wired: Parts, parts_of_it: Iterable[Sequence[HistoryRow]]) -> Iterator[dict[str, Any]]:
    with wired.store.read() as reader:
        names = {each.id: each.name for each in everyone(reader)}
        names |= {site.id: site.title for site in list_sites(reader)}
    teller = Teller(issuer=wired.settings.base_url, names=names)
    for reader, entries in entry_pages(wired.store, parts_of_it):
        known = abouts(reader, entries)
        for each in entries:
            yield from audit_events(each, known[each.seq], teller=teller, release=Release.R4)
