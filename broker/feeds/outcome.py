"""What became of a batch, written down: had, refused, or not even heard; and when it is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select, update

from broker.clock import jitter
from broker.feeds.channels.answer import Answer
from broker.feeds.feed import Feed, OnRefusal
from broker.feeds.register import write_down
from broker.feeds.steer import leave_out
from broker.feeds.tables import feeds
from broker.ledger.chain import Ledger
from broker.store import Transaction

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
FIRST_REFUSED, LONGEST_REFUSED = timedelta(seconds=30), timedelta(hours=1)
# After about twenty minutes of silence somebody has to know.
TOLD_AFTER = 9
# So often an entry is offered before the terms let it be left out.
SKIPPED_AFTER = 5
_LONGEST_FAULT = 300

log = structlog.get_logger("broker.feeds")


def settle(tx: Transaction, ledger: Ledger, feed: Feed, seqs: Sequence[int], answer: Answer) -> bool:
    """Write ``answer`` to a batch of entries ``seqs`` down; False when somebody moved the feed in the meantime.

    Then nothing is written, and what was sent may be sent again: at least once, never not at all.
    """
    if not is_unmoved(tx, feed):
        return False
    if answer.taken:
        advance(tx, feed, seqs[answer.taken - 1])
    if answer.refused and not answer.of_many:
        _refused(tx, ledger, feed, seqs[answer.taken], answer.fault[:_LONGEST_FAULT])
    elif answer.fault and not answer.refused:
        _away(tx, ledger, feed, answer)
    return True


def pass_over(tx: Transaction, feed: Feed, seq: int) -> bool:
    """Nothing up to ``seq`` is for this receiver; False when somebody moved the feed in the meantime."""
    if not is_unmoved(tx, feed):
        return False
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(delivered_seq=seq))
    return True


def is_unmoved(tx: Transaction, feed: Feed) -> bool:
    """Whether nobody told it to begin again, or skipped an entry, since ``feed`` was read."""
    stands = select(feeds.c.delivered_seq).where(feeds.c.id == feed.id)
    return bool(tx.execute(stands).scalar_one() == feed.delivered_seq)


def advance(tx: Transaction, feed: Feed, seq: int) -> None:
    """The receiver has everything up to ``seq``."""
    done = {"failures": 0, "fault": None, "refused_seq": None, "refusals": 0}
    had = {"delivered_seq": seq, "delivered_at": tx.at, **done}
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(**had))


def pause(tries: int, first: timedelta, longest: timedelta, spread: float) -> timedelta:
    """How long to wait after ``tries`` failed ones; ``spread`` in [0, 1) makes it up to half as long again."""
    doublings = min(max(tries - 1, 0), 16)
    return min(first * (1 << doublings), longest) * (1 + spread / 2)


def _refused(tx: Transaction, ledger: Ledger, feed: Feed, seq: int, fault: str) -> None:
    refusals = feed.refusals + 1 if feed.refused_seq == seq else 1
    log.warning("feed_refused", feed=feed.id, seq=seq, refusals=refusals)
    if feed.terms.on_refusal is OnRefusal.SKIP and refusals >= SKIPPED_AFTER:
        leave_out(tx, feed, seq, fault, refusals, "broker")
        write_down(tx, ledger, "skipped", feed, "broker", seq=seq)
        return
    wait = pause(refusals, FIRST_REFUSED, LONGEST_REFUSED, jitter())
    said = {"refused_seq": seq, "refusals": refusals, "fault": fault, "failures": 0}
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(**said, next_try_at=tx.at + wait))
    if refusals == 1 and feed.terms.on_refusal is OnRefusal.WAIT:
        write_down(tx, ledger, "stuck", feed, "broker", why="refused", seq=seq)


def _away(tx: Transaction, ledger: Ledger, feed: Feed, answer: Answer) -> None:
    failures = feed.failures + 1
    wait = max(pause(failures, FIRST_PAUSE, LONGEST_PAUSE, jitter()), answer.wait or timedelta())
    said = {"failures": failures, "fault": answer.fault[:_LONGEST_FAULT], "next_try_at": tx.at + wait}
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(**said))
    log.warning("feed_away", feed=feed.id, failures=failures)
    if failures == TOLD_AFTER:
        write_down(tx, ledger, "stuck", feed, "broker", why="away", tries=failures)
