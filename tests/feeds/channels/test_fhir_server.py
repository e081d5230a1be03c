"""AuditEvents to a FHIR server, which answers for each of them."""

from __future__ import annotations

import json

import pytest

from broker.feeds.channels.answer import Answer
from broker.feeds.deliver import FeedDesk, attempt, deliver
from broker.feeds.feed import Kind
from broker.feeds.formats.choose import Format
from broker.feeds.steer import skip_refused
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import Teach, head, now_of, read
from tests.feeds.receiver import Receiver, fhir_server


def seqs(receiver: Receiver) -> list[int]:
    entries = [each["resource"] for body in receiver.bodies for each in json.loads(body)["entry"]]
    return [int(each["entity"][-1]["what"]["identifier"]["value"]) for each in entries]


def test_everything_arrives_as_fhir(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """Batches a server of R4 can read, each event created once, in order."""
    receiver.answer = fhir_server()
    feed = teach(Kind.FHIR, receiver.url, secrets={"authorization": "Bearer t"})
    deliver(desk, feed.id)
    assert seqs(receiver) == list(range(1, head(desk) + 1))
    assert receiver.headers[0]["Content-Type"] == "application/fhir+json"
    assert receiver.headers[0]["Authorization"] == "Bearer t"


def test_one_event_refused_in_a_batch(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """What stands before the refused event is had, the feed waits at it, and goes on once it is left out."""
    receiver.answer = fhir_server(lambda event: event["entity"][-1]["what"]["identifier"]["value"] == "4")
    feed = teach(Kind.FHIR, receiver.url)
    deliver(desk, feed.id)
    stuck = now_of(desk, feed)
    assert (stuck.delivered_seq, stuck.refused_seq) == (3, 4)
    assert stuck.fault == "It answered 422 to the event. no such code"
    with desk.store.write() as tx:
        skip_refused(tx, desk.ledger, stuck, 4, actor=clinic.admin.id)
    deliver(desk, feed.id)
    assert set(range(1, head(desk) + 1)) <= set(seqs(receiver))


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"type":"batch-response"}', b'{"type":"batch-response","entry":[]}', b"\xff"],
)
def test_an_answer_that_says_nothing_is_no_receipt(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver, body: bytes
) -> None:
    """A 200 that does not say what became of each event moves nothing."""
    receiver.answer = lambda _: (200, body)
    answer = attempt(desk, teach(Kind.FHIR, receiver.url), read(clinic)[:2])
    assert answer == Answer(fault="It answered 200, but not with what became of each event.")


@pytest.mark.parametrize("entry", [{}, None, {"response": None}, {"response": {"status": "ok"}}])
def test_an_event_nothing_is_said_of(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver, entry: object
) -> None:
    """An event without a status of its own counts as not taken."""
    receiver.answer = lambda _: (200, json.dumps({"type": "batch-response", "entry": [entry]}).encode())
    answer = attempt(desk, teach(Kind.FHIR, receiver.url, Format.FHIR_R5), read(clinic)[:1])
    assert answer == Answer(fault="It answered nothing to the event.")
