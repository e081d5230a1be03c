"""Other systems that are told every step of the ledger, and how far behind they are."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.feeds.read import Gap, Standing, gaps, standings
from broker.feeds.register import get_feed
from broker.feeds.steer import pause_feed, resume_feed, skip_refused
from broker.feeds.try_out import try_out
from broker.identity.people import Role
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Told
from broker.web.parts import parts

feeds = Family("administering")
RUNS = Door(roles=frozenset({Role.ADMIN}))


class FeedRow(Told):
    """``behind`` counts entries; ``refused_entry`` is the one the receiver refuses, None when it refuses none."""

    id: str = Field(examples=["feed_0123456789abcdef0123"])
    name: str
    kind: str
    format: str
    events: list[str]
    paused: bool
    delivered_entry: int
    behind: int
    behind_since: datetime | None
    delivered_at: datetime | None
    refused_entry: int | None
    left_out: int
    fault: str


class LeftOut(Told):
    """An entry a feed was not told."""

    feed: str
    entry: int
    event: str
    at: datetime
    by: str
    fault: str


class FeedList(Told):
    """``left_out`` holds the newest hundred."""

    items: list[FeedRow]
    left_out: list[LeftOut]


class TriedOut(Told):
    taken: bool
    fault: str


@feeds.get(
    "/feeds",
    "List the feeds of the ledger",
    RUNS,
    leads_to={"test_feed": {"feed_id": "$response.body#/items/0/id"}},
)
def list_feeds(call: Call) -> FeedList:  # noqa: ARG001 - alike for everybody who came through the door
    with parts().store.read() as reader:
        found, missing = standings(reader), gaps(reader)
    return FeedList(items=[_row(each) for each in found], left_out=[_left_out(each) for each in missing])


@feeds.post("/feeds/<feed_id>/test", "Send a feed a test entry", RUNS, kept=False)
def test_feed(call: Call, feed_id: str) -> TriedOut:
    """Asks over the network, now. The entry is written to the ledger and goes out again in its turn."""
    with parts().store.read() as reader:
        found = get_feed(reader, feed_id)
    answer = try_out(parts().feed_desk, found, actor=call.who.id)
    return TriedOut(taken=bool(answer.taken), fault=answer.fault)


@feeds.post("/feeds/<feed_id>/pause", "Pause a feed", RUNS, kept=False, refusals=(409,))
def hold_feed(call: Call, feed_id: str) -> FeedRow:
    """Nothing is lost meanwhile. Pausing a paused feed is a conflict."""
    with parts().store.write() as tx:
        found = get_feed(tx, feed_id)
        pause_feed(tx, parts().ledger, found, actor=call.who.id)
    return _now(found.id)


@feeds.post("/feeds/<feed_id>/resume", "Let a feed go on", RUNS, kept=False)
def let_feed_go_on(call: Call, feed_id: str) -> FeedRow:
    with parts().store.write() as tx:
        found = get_feed(tx, feed_id)
        resume_feed(tx, parts().ledger, found, actor=call.who.id)
    return _now(found.id)


@feeds.post("/feeds/<feed_id>/skip/<entry>", "Leave a refused entry out", RUNS, kept=False, refusals=(409,))
def skip_entry(call: Call, feed_id: str, entry: str) -> FeedRow:
    """Only the entry the receiver refuses now; any other is a conflict."""
    with parts().store.write() as tx:
        found = get_feed(tx, feed_id)
        skip_refused(tx, parts().ledger, found, _number(entry), actor=call.who.id)
    return _now(found.id)


def _number(entry: str) -> int:
    # No feed refuses an entry without a number, so whatever is none meets the same conflict.
    return int(entry) if entry.isascii() and entry.isdigit() else 0


def _now(feed_id: str) -> FeedRow:
    with parts().store.read() as reader:
        return next(_row(each) for each in standings(reader) if each.feed.id == feed_id)


def _row(each: Standing) -> FeedRow:
    feed = each.feed
    return FeedRow(
        id=feed.id,
        name=feed.name,
        kind=feed.kind,
        format=feed.format,
        events=list(feed.terms.events),
        paused=each.paused,
        delivered_entry=feed.delivered_seq,
        behind=each.behind,
        behind_since=each.since,
        delivered_at=feed.delivered_at,
        refused_entry=feed.refused_seq,
        left_out=each.left_out,
        fault=feed.fault or "",
    )


def _left_out(each: Gap) -> LeftOut:
    return LeftOut(
        feed=each.feed_id,
        entry=each.seq,
        event=each.event,
        at=each.skipped_at,
        by=each.skipped_by,
        fault=each.fault,
    )
