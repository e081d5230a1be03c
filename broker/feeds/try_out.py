"""Tells a feed of one new entry now, so that a person sees whether it works."""

from __future__ import annotations

from broker.feeds.channels.answer import Answer
from broker.feeds.deliver import FeedDesk, attempt
from broker.feeds.feed import Feed
from broker.feeds.formats.about import NOTHING
from broker.ledger.entry import Entry


def try_out(desk: FeedDesk, feed: Feed, *, actor: str) -> Answer:
    """Writes ``feed.tested`` and sends that very entry ahead of its turn, whatever the feed wants to hear of.

    In its turn it goes out once more, under the same id: the feed is not moved here.
    """
    facts = {"feed": feed.id, "name": feed.name}
    with desk.store.write() as tx:
        recorded = desk.ledger.append(tx, Entry("feed.tested", actor, facts=facts))
    return attempt(desk, feed, [(recorded, NOTHING)])
