"""Looks at how far each feed has come: for the administrators' page, the command line and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from broker.feeds.feed import Feed, Terms
from broker.feeds.register import head_seq, list_feeds
from broker.feeds.tables import feed_gaps
from broker.ledger.tables import ledger_entries
from broker.store import Reader

MOST_SHOWN = 100
# A feed that takes what it is sent is never so far behind.
LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Standing:
    """``behind``: entries not yet had or passed over; ``since``: the instant of the oldest; ``left_out``: how many gaps."""

    feed: Feed
    behind: int
    since: datetime | None
    lag: timedelta
    left_out: int

    @property
    def paused(self) -> bool:
        return self.feed.paused_at is not None

    @property
    def refusing(self) -> bool:
        return self.feed.refused_seq is not None

    @property
    def well(self) -> bool:
        """It takes what it is sent. A paused one is not well: somebody has to let it go on."""
        late = self.lag >= LATE and bool(self.feed.fault)
        return not (self.paused or self.refusing or late)


@dataclass(frozen=True)
class Gap:
    """One entry that was left out for a feed; ``skipped_by`` a person's id, or the broker by the feed's terms."""

    feed_id: str
    feed: str
    seq: int
    event: str
    skipped_at: datetime
    skipped_by: str
    refusals: int
    fault: str


def standings(reader: Reader) -> list[Standing]:
    """Every feed, by name."""
    head, counts = head_seq(reader), _left_out(reader)
    return [_standing(reader, each, head, counts.get(each.id, 0)) for each in list_feeds(reader)]


def gaps(reader: Reader) -> list[Gap]:
    """What was left out, the newest first, at most a hundred."""
    named = {each.id: each.name for each in list_feeds(reader)}
    row = feed_gaps.c
    told = feed_gaps.join(ledger_entries, ledger_entries.c.seq == row.seq)
    found = select(feed_gaps, ledger_entries.c.event).select_from(told).where(row.feed_id.in_(named))
    ordered = found.order_by(row.skipped_at.desc(), row.seq.desc()).limit(MOST_SHOWN)
    return [
        Gap(
            each.feed_id,
            named[each.feed_id],
            each.seq,
            each.event,
            each.skipped_at,
            each.skipped_by,
            each.refusals,
            each.fault,
        )
        for each in reader.all(ordered)
    ]


def would_be_told(reader: Reader, terms: Terms) -> tuple[int, int]:
    """How many of the entries so far ``terms`` want, and how many there are: a name typed wrong wants none."""
    counted = select(ledger_entries.c.event, func.count().label("many")).group_by(ledger_entries.c.event)
    rows = reader.all(counted)
    return sum(row.many for row in rows if terms.wants(row.event)), sum(row.many for row in rows)


def _standing(reader: Reader, feed: Feed, head: int, left_out: int) -> Standing:
    behind = max(0, head - feed.delivered_seq)
    since = _instant_of(reader, feed.delivered_seq + 1) if behind else None
    return Standing(feed, behind, since, reader.at - since if since else timedelta(), left_out)


def _instant_of(reader: Reader, seq: int) -> datetime | None:
    found: datetime | None = reader.execute(
        select(ledger_entries.c.at).where(ledger_entries.c.seq == seq)
    ).scalar_one_or_none()
    return found


def _left_out(reader: Reader) -> dict[str, int]:
    counted = select(feed_gaps.c.feed_id, func.count().label("many")).group_by(feed_gaps.c.feed_id)
    return {row.feed_id: row.many for row in reader.all(counted)}
