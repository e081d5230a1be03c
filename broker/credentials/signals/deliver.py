"""Brings events to their receivers, the oldest first: each receiver by itself, so that none waits for another.

A receiver is claimed in one commit, called outside any, and what it said is written down in another. Killed
in between, the same event goes out once more under the same ``jti``: at least once, never silently not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from broker.clock import jitter
from broker.credentials.signals.outcome import away, refused, taken
from broker.credentials.signals.push import Answer, push
from broker.credentials.signals.receivers import Receiver, authorization_of, get_receiver
from broker.credentials.signals.security_event import SecurityEvent, signed
from broker.credentials.signals.tables import receivers, signal_outbox
from broker.errors import Unavailable
from broker.keyring.signing_keys import SigningKeys
from broker.ledger.chain import Ledger
from broker.sealing import Seal
from broker.store import Store

# Longer than one call takes; moved on before each.
CLAIM = timedelta(minutes=2)
# So that one receiver's backlog does not keep its claim for ever.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Desk:
    """What sending works with. ``issuer`` is the broker's own address, and ``iss`` of what is sent."""

    store: Store
    ledger: Ledger
    keys: SigningKeys
    seal: Seal
    issuer: str


def deliver(desk: Desk, receiver_id: str) -> int:
    """What waits for one receiver, until it takes no more; how many events it took."""
    receiver = _claim(desk.store, receiver_id)
    if receiver is None:
        return 0
    sent = 0
    try:
        for _ in range(MOST_AT_ONCE):
            event = _next(desk.store, receiver_id)
            if event is None or not _one(desk, receiver, event):
                break
            sent += 1
    finally:
        _release(desk.store, receiver_id)
    return sent


def _one(desk: Desk, receiver: Receiver, event: SecurityEvent) -> bool:
    """Whether it was taken, or stands in nobody's way."""
    answer = attempt(desk, receiver, event)
    with desk.store.write() as tx:
        if answer.taken:
            taken(tx, receiver, event.jti)
        elif answer.this_event:
            refused(tx, desk.ledger, receiver, event.jti, answer.fault)
        else:
            away(tx, desk.ledger, receiver, answer, jitter())
        tx.execute(update(receivers).where(receivers.c.id == receiver.id).values(claimed_until=tx.at + CLAIM))
    return answer.taken or answer.this_event


def attempt(desk: Desk, receiver: Receiver, event: SecurityEvent) -> Answer:
    """Sign and push one event. Nothing is written."""
    try:
        text = signed(event, desk.issuer, desk.keys)
        with desk.store.read() as reader:
            authorization = authorization_of(reader, desk.seal, receiver.id)
    except Unavailable as error:
        return Answer(str(error))
    return push(receiver, text, authorization, desk.store.clock)


def due(now: datetime) -> ColumnElement[bool]:
    """Which events are to be sent now."""
    row = signal_outbox.c
    return row.sent_at.is_(None) & row.dead_at.is_(None) & (row.next_try_at <= now)


def free(now: datetime) -> ColumnElement[bool]:
    """Which receivers nobody is calling, and may be called now."""
    unclaimed = or_(receivers.c.claimed_until.is_(None), receivers.c.claimed_until <= now)
    return receivers.c.removed_at.is_(None) & (receivers.c.next_try_at <= now) & unclaimed


def _claim(store: Store, receiver_id: str) -> Receiver | None:
    with store.write() as tx:
        mine = (receivers.c.id == receiver_id) & free(tx.at)
        claimed = tx.execute(update(receivers).where(mine).values(claimed_until=tx.at + CLAIM)).rowcount
        return get_receiver(tx, receiver_id) if claimed else None


def _release(store: Store, receiver_id: str) -> None:
    with store.write() as tx:
        tx.execute(update(receivers).where(receivers.c.id == receiver_id).values(claimed_until=None))


def _next(store: Store, receiver_id: str) -> SecurityEvent | None:
    with store.read() as reader:
        mine = (signal_outbox.c.receiver_id == receiver_id) & (receivers.c.removed_at.is_(None))
        found = select(signal_outbox, receivers.c.audience).join(receivers).where(mine, due(reader.at))
        oldest = found.order_by(signal_outbox.c.ledger_seq, signal_outbox.c.id).limit(1)
        row = reader.execute(oldest).first()
    return None if row is None else SecurityEvent(row.id, row.audience, row.created_at, row.said)
