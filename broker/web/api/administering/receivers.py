"""Other software that is told when access ends, and what it was not told yet."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.credentials.signals.outcome import send_again
from broker.credentials.signals.read import Told as ReceiverTold
from broker.credentials.signals.read import Undelivered, told, undelivered
from broker.credentials.signals.receivers import get_receiver
from broker.credentials.signals.verification import verify_stream
from broker.identity.people import Role
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Done, Told
from broker.web.parts import parts

receivers = Family("administering")
RUNS = Door(roles=frozenset({Role.ADMIN}))


class ReceiverRow(Told):
    """``concerned_with`` is the audience of the tokens it hears about, empty for every end of access."""

    id: str = Field(examples=["receiver_0123456789abcdef0123"])
    name: str
    concerned_with: str
    taken: int
    waiting: int
    given_up: int
    delivered_at: datetime | None
    fault: str


class NotDelivered(Told):
    """One event its receiver does not have; ``given_up_at`` is None while it is still tried."""

    id: str
    receiver: str
    event: str
    grant: str | None
    created_at: datetime
    tries: int
    given_up_at: datetime | None
    fault: str


class ReceiverList(Told):
    """``undelivered`` holds the oldest hundred."""

    items: list[ReceiverRow]
    undelivered: list[NotDelivered]


class Tested(Told):
    taken: bool
    fault: str


@receivers.get(
    "/receivers",
    "List who is told when access ends",
    RUNS,
    leads_to={"test_receiver": {"receiver_id": "$response.body#/items/0/id"}},
)
def list_receivers(call: Call) -> ReceiverList:  # noqa: ARG001 - alike for everybody who came through the door
    with parts().store.read() as reader:
        found, missing = told(reader), undelivered(reader)
    return ReceiverList(
        items=[_row(each) for each in found], undelivered=[_missing(each) for each in missing]
    )


@receivers.post("/receivers/<receiver_id>/test", "Send a receiver a verification event", RUNS, kept=False)
def test_receiver(call: Call, receiver_id: str) -> Tested:  # noqa: ARG001 - likewise
    """Asks over the network, now; nothing is written."""
    with parts().store.read() as reader:
        found = get_receiver(reader, receiver_id)
    answer = verify_stream(parts().signal_desk, found)
    return Tested(taken=answer.taken, fault="" if answer.taken else answer.fault)


@receivers.post("/receivers/<receiver_id>/again", "Send undelivered events again", RUNS, kept=False)
def send_receiver_again(call: Call, receiver_id: str) -> Done:
    with parts().store.write() as tx:
        found = get_receiver(tx, receiver_id)
        return Done(count=send_again(tx, parts().ledger, found, actor=call.who.id))


def _row(each: ReceiverTold) -> ReceiverRow:
    receiver = each.receiver
    return ReceiverRow(
        id=receiver.id,
        name=receiver.name,
        concerned_with=receiver.concerned_with,
        taken=each.taken,
        waiting=each.waiting,
        given_up=each.given_up,
        delivered_at=receiver.delivered_at,
        fault=receiver.fault or "",
    )


def _missing(each: Undelivered) -> NotDelivered:
    return NotDelivered(
        id=each.id,
        receiver=each.receiver,
        event=each.event,
        grant=each.grant_id,
        created_at=each.created_at,
        tries=each.tries,
        given_up_at=each.dead_at,
        fault=each.fault,
    )
