"""What a person does with a feed: pause it, let it go on, leave out what it refuses, tell it something again."""

from __future__ import annotations

from sqlalchemy import delete, insert, update

from broker.errors import Conflict, Invalid
from broker.feeds.feed import Feed
from broker.feeds.register import head_seq, write_down
from broker.feeds.tables import feed_gaps, feeds
from broker.ledger.chain import Ledger
from broker.store import Transaction

_AFRESH = {"failures": 0, "fault": None, "refused_seq": None, "refusals": 0}


def pause_feed(tx: Transaction, ledger: Ledger, feed: Feed, *, actor: str) -> None:
    """Tell it nothing until somebody lets it go on; nothing is lost meanwhile."""
    if feed.paused_at is not None:
        raise Conflict(f"{feed.name} is paused already.")
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(paused_at=tx.at))
    write_down(tx, ledger, "paused", feed, actor)


def resume_feed(tx: Transaction, ledger: Ledger, feed: Feed, *, actor: str) -> None:
    """Go on now: also one that waits before its next try."""
    tx.execute(
        update(feeds).where(feeds.c.id == feed.id).values(paused_at=None, next_try_at=tx.at, failures=0)
    )
    write_down(tx, ledger, "resumed", feed, actor)


def skip_refused(tx: Transaction, ledger: Ledger, feed: Feed, seq: int, *, actor: str) -> None:
    """Leave out entry ``seq``, which the receiver refuses, and go on behind it. It stays listed as left out."""
    if feed.refused_seq != seq:
        raise Conflict(f"{feed.name} does not refuse entry {seq} any more.", help="Look at the feed again.")
    leave_out(tx, feed, seq, feed.fault or "", feed.refusals, actor)
    write_down(tx, ledger, "skipped", feed, actor, seq=seq)


def leave_out(tx: Transaction, feed: Feed, seq: int, fault: str, refusals: int, actor: str) -> None:
    gap = {"feed_id": feed.id, "seq": seq, "skipped_at": tx.at, "skipped_by": actor}
    tx.execute(delete(feed_gaps).where(feed_gaps.c.feed_id == feed.id, feed_gaps.c.seq == seq))
    tx.execute(insert(feed_gaps).values(**gap, refusals=refusals, fault=fault))
    tx.execute(
        update(feeds).where(feeds.c.id == feed.id).values(**_AFRESH, delivered_seq=seq, next_try_at=tx.at)
    )


def replay(tx: Transaction, ledger: Ledger, feed: Feed, from_seq: int, *, actor: str) -> int:
    """Tell it again everything from ``from_seq`` on, what was left out included; how many entries that are."""
    last = head_seq(tx)
    if not 1 <= from_seq <= last:
        raise Invalid("The ledger has no such entry.", {"from": f"choose one from 1 to {last}"})
    tx.execute(delete(feed_gaps).where(feed_gaps.c.feed_id == feed.id, feed_gaps.c.seq >= from_seq))
    again = {**_AFRESH, "delivered_seq": from_seq - 1, "next_try_at": tx.at}
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(**again))
    write_down(tx, ledger, "replayed", feed, actor, begins=from_seq)
    return last - from_seq + 1
