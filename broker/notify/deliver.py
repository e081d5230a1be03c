"""Sends what is due: claimed in one commit, sent outside any, written down in another.

A process killed in between leaves a claimed row, and it is sent again with the
same Message-ID once the claim has run out: at least once, never silently not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, select, update

from broker.clock import jitter
from broker.notify.message import Message, message_of
from broker.notify.render import one_line
from broker.notify.send import NotSent, Sender
from broker.notify.tables import outbox
from broker.store import Store

# Longer than any one message can take to send.
CLAIM = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
AWAY_PAUSE = timedelta(minutes=1)
# About half a day of a server that answers and refuses.
MOST_TRIES = 20
# What waited longer, because no server was there, would only confuse.
TOO_OLD = timedelta(days=5)
LONGEST_FAULT = 300

log = structlog.get_logger("broker.notify")


@dataclass(frozen=True)
class Delivered:
    """What one pass did: ``dead`` were given up and stay visible, ``failed`` are tried again."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def deliver_due(store: Store, sender: Sender, limit: int = 200) -> Delivered:
    """One pass over at most ``limit`` messages. It may take long: never call it where a revocation waits.

    Stops early when the mail server is away; that counts against no message.
    """
    if not sender.sends or not _anything_due(store):
        return Delivered()
    sent, failed, dead = 0, 0, _give_up_the_old(store)
    for _ in range(limit):
        message = _claim(store)
        if message is None:
            break
        fault = _attempt(sender, message)
        if fault is None:
            _record_sent(store, message)
            sent += 1
        elif fault.server_away:
            _postpone(store, message, fault)
            failed += 1
            break
        elif _record_fault(store, message, fault):
            dead += 1
        else:
            failed += 1
    return Delivered(sent, failed, dead)


def pause(tries: int, spread: float) -> timedelta:
    """How long to wait after ``tries`` failed ones; ``spread`` in [0, 1) makes it up to half as long again."""
    doublings = min(max(tries - 1, 0), 16)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE) * (1 + spread / 2)


def _due(now: datetime) -> ColumnElement[bool]:
    return outbox.c.sent_at.is_(None) & outbox.c.dead_at.is_(None) & (outbox.c.next_try_at <= now)


def _anything_due(store: Store) -> bool:
    # A look costs no lock; writers have better things to do than wait for an empty outbox.
    with store.read() as reader:
        return reader.execute(select(outbox.c.id).where(_due(reader.at)).limit(1)).first() is not None


def _give_up_the_old(store: Store) -> int:
    with store.write() as tx:
        old = _due(tx.at) & (outbox.c.created_at <= tx.at - TOO_OLD)
        words = "It could not be sent within five days."
        return int(tx.execute(update(outbox).where(old).values(dead_at=tx.at, last_fault=words)).rowcount)


def _claim(store: Store) -> Message | None:
    with store.write() as tx:
        first = select(outbox).where(_due(tx.at)).order_by(outbox.c.next_try_at, outbox.c.id).limit(1)
        row = tx.one_or_none(first.with_for_update(skip_locked=True))
        if row is None:
            return None
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(next_try_at=tx.at + CLAIM))
        return message_of(row)


def _attempt(sender: Sender, message: Message) -> NotSent | None:
    try:
        sender.send(message)
    except NotSent as fault:
        return fault
    except Exception as error:  # one message nobody can send must not keep the others waiting
        log.exception("mail_broke_the_sender", mail=message.id)
        return NotSent(f"It could not be sent at all ({type(error).__name__}).")
    return None


def _record_sent(store: Store, message: Message) -> None:
    with store.write() as tx:
        done = {"sent_at": tx.at, "tries": message.tries + 1, "last_fault": None}
        tx.execute(update(outbox).where(_unsent(message)).values(**done))


def _record_fault(store: Store, message: Message, fault: NotSent) -> bool:
    """Whether this was the last try."""
    tries = message.tries + 1
    with store.write() as tx:
        changes = {"tries": tries, "last_fault": _words(fault), "next_try_at": tx.at + pause(tries, jitter())}
        if tries >= MOST_TRIES:
            changes["dead_at"] = tx.at
        tx.execute(update(outbox).where(_unsent(message)).values(**changes))
    # The server's own words may hold an address, so the log gets ours alone.
    log.warning("mail_not_sent", mail=message.id, mail_event=message.event, tries=tries)
    return tries >= MOST_TRIES


def _postpone(store: Store, message: Message, fault: NotSent) -> None:
    """Nobody knocks at a closed door once for each message that waits."""
    with store.write() as tx:
        later = tx.at + AWAY_PAUSE * (1 + jitter() / 2)
        waiting = _unsent(message) | _due(tx.at)
        tx.execute(update(outbox).where(waiting).values(next_try_at=later, last_fault=_words(fault)))
    log.warning("mail_server_away", mail=message.id)


def _unsent(message: Message) -> ColumnElement[bool]:
    # Another process may have sent it after this one's claim ran out; its success stands.
    return (outbox.c.id == message.id) & outbox.c.sent_at.is_(None)


def _words(fault: NotSent) -> str:
    return one_line(str(fault))[:LONGEST_FAULT]
