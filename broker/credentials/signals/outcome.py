"""What became of an event: taken, refused, or not even heard; and when it is tried again or given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, delete, select, update

from broker.credentials.signals.push import Answer
from broker.credentials.signals.receivers import Receiver
from broker.credentials.signals.tables import KEEPS_TRYING, receivers, signal_outbox
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Store, Transaction

# Where nobody is there: soon again, for the event is about access that somebody may still give.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
# After about twenty minutes of that somebody has to know.
TOLD_AFTER = 9
# Where this one event is refused: what the receiver has to mend takes longer. About a day in all.
FIRST_REFUSED, LONGEST_REFUSED, MOST_REFUSALS = timedelta(seconds=30), timedelta(hours=3), 15
KEPT = timedelta(days=90)
_LONGEST_FAULT, _AT_ONCE = 300, 200

log = structlog.get_logger("broker.signals")


def taken(tx: Transaction, receiver: Receiver, signal_id: str) -> None:
    done = {"sent_at": tx.at, "last_fault": None, "tries": signal_outbox.c.tries + 1}
    tx.execute(update(signal_outbox).where(_unsent(signal_id)).values(**done))
    well = {"failures": 0, "fault": None, "delivered_at": tx.at}
    tx.execute(update(receivers).where(receivers.c.id == receiver.id).values(**well))


def refused(tx: Transaction, ledger: Ledger, receiver: Receiver, signal_id: str, fault: str) -> None:
    """Tried again later, while the events behind it go on; after the last time it is given up in sight."""
    row = tx.execute(select(signal_outbox).where(_unsent(signal_id))).first()
    if row is None:
        return
    tries = row.tries + 1
    later = tx.at + pause(tries, FIRST_REFUSED, LONGEST_REFUSED, 0)
    changes = {"tries": tries, "last_fault": fault[:_LONGEST_FAULT], "next_try_at": later}
    tx.execute(update(signal_outbox).where(_unsent(signal_id)).values(**changes))
    log.warning("signal_refused", receiver=receiver.id, signal=signal_id, tries=tries)
    if tries >= MOST_REFUSALS:
        _give_up(tx, ledger, row)


def away(tx: Transaction, ledger: Ledger, receiver: Receiver, answer: Answer, spread: float) -> None:
    """Nobody knocks at a closed door once for each event that waits, and none of them is to blame.

    Once in each absence somebody is told.
    """
    row = receivers.c
    failures = tx.execute(select(row.failures).where(row.id == receiver.id)).scalar_one() + 1
    wait = max(pause(failures, FIRST_PAUSE, LONGEST_PAUSE, spread), answer.wait or timedelta())
    changes = {"failures": failures, "fault": answer.fault[:_LONGEST_FAULT], "next_try_at": tx.at + wait}
    tx.execute(update(receivers).where(row.id == receiver.id).values(**changes))
    log.warning("receiver_away", receiver=receiver.id, failures=failures)
    if failures == TOLD_AFTER:
        _tell(tx, ledger, receiver.id, "away", failures)


def tidy(store: Store, ledger: Ledger) -> int:
    """Give up, in sight, what waited for a week, and forget what was taken long ago; how many were given up."""
    with store.read() as reader:
        tired = select(signal_outbox.c.id).where(_waiting(), signal_outbox.c.gives_up_at <= reader.at)
        found = list(reader.execute(tired.limit(_AT_ONCE)).scalars())
        old = select(signal_outbox.c.id).where(signal_outbox.c.sent_at <= reader.at - KEPT)
        forgotten = list(reader.execute(old.limit(_AT_ONCE)).scalars())
    for signal_id in found:
        with store.write() as tx:
            row = tx.execute(select(signal_outbox).where(_unsent(signal_id) & _waiting())).first()
            if row is not None:
                _give_up(tx, ledger, row)
    if forgotten:
        with store.write() as tx:
            tx.execute(delete(signal_outbox).where(signal_outbox.c.id.in_(forgotten)))
    return len(found)


def send_again(tx: Transaction, ledger: Ledger, receiver: Receiver, *, actor: str) -> int:
    """Let everything that was given up, or waits, go out now; how many events that are."""
    mine = (signal_outbox.c.receiver_id == receiver.id) & signal_outbox.c.sent_at.is_(None)
    again = {"dead_at": None, "tries": 0, "next_try_at": tx.at, "gives_up_at": tx.at + KEEPS_TRYING}
    count = int(tx.execute(update(signal_outbox).where(mine).values(**again)).rowcount)
    tx.execute(update(receivers).where(receivers.c.id == receiver.id).values(next_try_at=tx.at, failures=0))
    ledger.append(tx, Entry("receiver.retried", actor, facts={"receiver": receiver.id, "events": count}))
    return count


def pause(tries: int, first: timedelta, longest: timedelta, spread: float) -> timedelta:
    """How long to wait after ``tries`` failed ones; ``spread`` in [0, 1) makes it up to half as long again."""
    doublings = min(max(tries - 1, 0), 16)
    return min(first * (1 << doublings), longest) * (1 + spread / 2)


def _give_up(tx: Transaction, ledger: Ledger, row: Row[Any]) -> None:
    others = select(signal_outbox.c.id).where(
        signal_outbox.c.receiver_id == row.receiver_id,
        signal_outbox.c.sent_at.is_(None),
        signal_outbox.c.dead_at.is_not(None),
    )
    first = tx.execute(others.limit(1)).first() is None
    tx.execute(update(signal_outbox).where(_unsent(row.id)).values(dead_at=tx.at))
    facts = {"receiver": row.receiver_id, "signal": row.id, "event": row.event, "about": row.subject}
    ledger.append(tx, Entry("signal.given_up", "broker", grant=row.grant_id, facts=facts))
    log.error("signal_given_up", receiver=row.receiver_id, signal=row.id)
    if first:
        _tell(tx, ledger, row.receiver_id, "given_up", row.tries)


def _tell(tx: Transaction, ledger: Ledger, receiver_id: str, why: str, tries: int) -> None:
    name = tx.execute(select(receivers.c.name).where(receivers.c.id == receiver_id)).scalar_one()
    facts = {"receiver": receiver_id, "name": name, "why": why, "tries": tries}
    ledger.append(tx, Entry("receiver.not_told", "broker", facts=facts))


def _waiting() -> ColumnElement[bool]:
    return signal_outbox.c.sent_at.is_(None) & signal_outbox.c.dead_at.is_(None)


def _unsent(signal_id: str) -> ColumnElement[bool]:
    # Another process may have sent it after this one's claim ran out; its success stands.
    return (signal_outbox.c.id == signal_id) & signal_outbox.c.sent_at.is_(None)
