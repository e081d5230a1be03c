"""What was done on a site past the broker, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from broker.ledger.body import decompose
from broker.ledger.tables import ledger_entries
from broker.policy.catalog import Catalog
from broker.review.story.seen import Seen
from broker.review.story.site_words import change_words
from broker.sites.register import list_sites
from broker.store import Reader

MOST_SHOWN = 50


@dataclass(frozen=True)
class OutsideChange:
    """``at`` is when the broker learned of it; ``seen_at`` what the site's clock said, as text in UTC."""

    at: datetime
    seen_at: str
    title: str
    text: str
    seq: int


def outside_changes(reader: Reader, catalog: Catalog, site_id: str) -> tuple[OutsideChange, ...]:
    """The latest MOST_SHOWN of one site."""
    entries = ledger_entries.c
    mine = (entries.event == "site.changed") & (entries.actor_id == f"site:{site_id}")
    latest = select(entries.body, entries.digest).where(mine).order_by(entries.at.desc(), entries.seq.desc())
    names = {site.id: site.title for site in list_sites(reader)}
    found = (decompose(row.body, row.digest) for row in reader.all(latest.limit(MOST_SHOWN)))
    return tuple(_change(Seen(recorded, catalog, names, {})) for recorded in found)


def _change(seen: Seen) -> OutsideChange:
    words, recorded = change_words(seen), seen.recorded
    return OutsideChange(recorded.at, str(seen.facts["seen_at"]), words.title, words.text, recorded.seq)
