"""Brings the ledger's entries to one feed, in their order, batch by batch.

The feed is claimed in one commit, told outside any, and what came of it is written down in another. Killed in
between, the same entries go out once more under the same ids: at least once, never silently not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from broker.errors import Unavailable
from broker.feeds.channels.answer import Answer, Batch
from broker.feeds.channels.send import MOST, send
from broker.feeds.feed import Feed, Patients, feed_of
from broker.feeds.formats.about import Teller
from broker.feeds.look_up import abouts
from broker.feeds.outcome import pass_over, settle
from broker.feeds.register import secrets_of
from broker.feeds.tables import feeds
from broker.ledger.chain import Ledger
from broker.ledger.read import PAGE, entries_after
from broker.sealing import Seal
from broker.store import Store

# Longer than one batch takes; moved on before each.
CLAIM = timedelta(minutes=5)
# So that one feed's backlog does not keep its claim for ever.
MOST_BATCHES = 200


@dataclass(frozen=True)
class FeedDesk:
    """What telling works with. ``issuer`` is the broker's own address."""

    store: Store
    ledger: Ledger
    seal: Seal
    issuer: str


@dataclass(frozen=True)
class Next:
    """The next entries for a feed, and the last one that was looked at to find them."""

    batch: Batch
    looked_at: int


@dataclass(frozen=True)
class _Went:
    """Whether there is more to do now, and how many entries at once at most (0: as many as the channel takes)."""

    on: bool
    at_most: int


def deliver(desk: FeedDesk, feed_id: str) -> int:
    """What waits for one feed, until it takes no more; how many steps forward that were."""
    if not _claim(desk.store, feed_id):
        return 0
    steps, at_most = 0, 0
    try:
        for _ in range(MOST_BATCHES):
            feed = _claimed(desk.store, feed_id)
            went = _Went(False, 0) if feed is None else _one(desk, feed, at_most)
            if not went.on:
                break
            steps, at_most = steps + 1, went.at_most
    finally:
        _release(desk.store, feed_id)
    return steps


def _one(desk: FeedDesk, feed: Feed, at_most: int) -> _Went:
    found = next_batch(desk.store, feed, at_most)
    if not found.batch:
        return _Went(_passed_over(desk, feed, found), at_most)
    answer = attempt(desk, feed, found.batch)
    with desk.store.write() as tx:
        stands = settle(tx, desk.ledger, feed, [entry.seq for entry, _ in found.batch], answer)
    if answer.of_many:
        # Nobody said which of them it was: half as many are sent, until one stands alone.
        return _Went(stands, max(1, len(found.batch) // 2))
    more = at_most * 2
    return _Went(stands and (not answer.fault or answer.refused), more if more < MOST[feed.kind] else 0)


def _passed_over(desk: FeedDesk, feed: Feed, found: Next) -> bool:
    if found.looked_at == feed.delivered_seq:
        return False
    with desk.store.write() as tx:
        return pass_over(tx, feed, found.looked_at)


def attempt(desk: FeedDesk, feed: Feed, batch: Batch) -> Answer:
    """Tell the feed of ``batch``. Nothing is written."""
    teller = Teller(desk.issuer, feed.terms.patient_system)
    try:
        with desk.store.read() as reader:
            secrets = secrets_of(reader, desk.seal, feed.id)
    except Unavailable as error:
        return Answer(fault=str(error))
    return send(feed, secrets, teller, batch, desk.store.clock)


def next_batch(store: Store, feed: Feed, at_most: int = 0) -> Next:
    """The next entries the feed wants, at most ``at_most`` (0: as many as its channel takes at once)."""
    most = at_most or MOST[feed.kind]
    with store.read() as reader:
        page = entries_after(reader, feed.delivered_seq, PAGE)
        wanted = [each for each in page if feed.terms.wants(each.entry.event)][:most]
        about = abouts(reader, wanted, clinic_refs=feed.terms.patients is Patients.CLINIC_REF)
    looked_at = page[-1].seq if page else feed.delivered_seq
    return Next([(each, about[each.seq]) for each in wanted], looked_at)


def free(now: datetime) -> ColumnElement[bool]:
    """Which feeds nobody is telling, and may be told now."""
    unclaimed = or_(feeds.c.claimed_until.is_(None), feeds.c.claimed_until <= now)
    told = feeds.c.removed_at.is_(None) & feeds.c.paused_at.is_(None)
    return told & (feeds.c.next_try_at <= now) & unclaimed


def _claim(store: Store, feed_id: str) -> bool:
    with store.write() as tx:
        mine = (feeds.c.id == feed_id) & free(tx.at)
        return bool(tx.execute(update(feeds).where(mine).values(claimed_until=tx.at + CLAIM)).rowcount)


def _claimed(store: Store, feed_id: str) -> Feed | None:
    """As it is now, the claim moved on; None when it was paused or removed, or has to wait."""
    with store.write() as tx:
        told = feeds.c.removed_at.is_(None) & feeds.c.paused_at.is_(None) & (feeds.c.next_try_at <= tx.at)
        row = tx.execute(select(feeds).where(feeds.c.id == feed_id, told)).first()
        if row is None:
            return None
        tx.execute(update(feeds).where(feeds.c.id == feed_id).values(claimed_until=tx.at + CLAIM))
        return feed_of(row)


def _release(store: Store, feed_id: str) -> None:
    with store.write() as tx:
        tx.execute(update(feeds).where(feeds.c.id == feed_id).values(claimed_until=None))
