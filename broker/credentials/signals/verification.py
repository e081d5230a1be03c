"""Proves that a stream works: a verification event (SSF 1.0), sent at once and told to nobody else."""

from __future__ import annotations

from broker.clock import new_id
from broker.credentials.signals.deliver import Desk, attempt
from broker.credentials.signals.push import Answer
from broker.credentials.signals.receivers import Receiver
from broker.credentials.signals.said import stream_verified
from broker.credentials.signals.security_event import SecurityEvent


def verify_stream(desk: Desk, receiver: Receiver) -> Answer:
    """What the receiver answers to a verification event. Asks over the network; writes nothing."""
    said = stream_verified(receiver.id, new_id("state"))
    return attempt(
        desk, receiver, SecurityEvent(new_id("signal"), receiver.audience, desk.store.clock.now(), said)
    )
