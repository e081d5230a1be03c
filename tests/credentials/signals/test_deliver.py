"""An event reaches its receiver whatever happens in between, and nobody waits for one that does not answer."""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from broker.access.revoke import revoke
from broker.credentials.signals.couriers import Couriers
from broker.credentials.signals.deliver import deliver
from broker.credentials.signals.outcome import MOST_REFUSALS, send_again
from broker.credentials.signals.receivers import get_receiver, remove
from broker.credentials.signals.verification import verify_stream
from broker.errors import Unavailable
from broker.store import Store, Transaction
from tests.credentials.signals.conftest import AUDIENCE, Office
from tests.credentials.signals.receiver_server import ReceiverServer
from tests.fakes.signing_keys import KeysInMemory


class Killed(BaseException):
    """The process is gone."""


class DiesAfterTheFirstCommit(Store):
    """Claims a receiver, and is killed before the outcome is written down."""

    writes = 0

    def write(self) -> AbstractContextManager[Transaction]:
        self.writes += 1
        if self.writes > 1:
            raise Killed
        return super().write()


def end_one(office: Office) -> str:
    grant = office.grant()
    revoke(office.clinic.equipment, office.clinic.admin.person, grant)
    return grant


@pytest.mark.parametrize("answer", [503, 500, 404, 401, 200, 204, 302])
def test_only_202_counts(office: Office, receiver: ReceiverServer, answer: int) -> None:
    """Anything else waits, in sight, and goes out when the receiver is well again. Nothing follows a redirect."""
    office.add(receiver.url)
    end_one(office)
    receiver.answer = answer
    office.ring()
    (state,) = office.told()
    assert (state.taken, state.waiting, state.receiver.failures, receiver.calls) == (0, 1, 1, 1)
    assert state.receiver.fault == f"It answered {answer}, not 202 Accepted."
    receiver.answer = 202
    office.ring()
    assert receiver.taken == []
    office.clinic.clock.advance(seconds=10)
    office.ring()
    (state,) = office.told()
    assert (state.taken, state.waiting, state.receiver.failures, len(receiver.taken)) == (1, 0, 0, 1)


def test_nobody_there_is_nobody_s_fault(office: Office, receiver: ReceiverServer) -> None:
    """A closed port is knocked at once for all that waits, with longer and longer pauses, for a week."""
    office.add(receiver.url)
    receiver.stop()
    for _ in range(3):
        end_one(office)
    pauses = []
    for _ in range(9):
        office.ring()
        (state,) = office.told()
        pauses.append(state.receiver.next_try_at - office.clinic.clock.now())
        office.clinic.clock.advance(minutes=30)
    assert [each.tries for each in office.undelivered()] == [0, 0, 0]
    assert office.told()[0].receiver.failures == 9
    assert pauses[0] < timedelta(seconds=8)
    assert timedelta(minutes=15) <= max(pauses) < timedelta(minutes=23)


def test_a_refused_event_stands_in_nobody_s_way(office: Office, receiver: ReceiverServer) -> None:
    """400 with RFC 8935's err is kept in words, on one line; what comes after it is sent all the same."""
    office.add(receiver.url)
    second = office.grant()
    first = end_one(office)
    receiver.answer = 400
    office.ring()
    (waiting,) = office.undelivered()
    assert (waiting.grant_id, office.told()[0].well) == (first, False)
    assert waiting.fault == "It refused the event: invalid_key. No.  Second line"
    receiver.answer = 202
    revoke(office.clinic.equipment, office.clinic.admin.person, second)
    office.ring()
    assert len(receiver.taken) == 1
    office.clinic.clock.advance(minutes=1)
    office.ring()
    assert (len(receiver.taken), office.told()[0].well) == (2, True)


def test_what_is_refused_for_ever_is_given_up_in_sight(office: Office, receiver: ReceiverServer) -> None:
    """After about a day of refusals: an entry in the ledger, a line on the page, and a way to send it again."""
    added = office.add(receiver.url)
    grant = end_one(office)
    receiver.answer = 400
    for _ in range(MOST_REFUSALS):
        office.ring()
        office.clinic.clock.advance(hours=4)
    office.ring()
    assert receiver.calls == MOST_REFUSALS
    (dead,) = office.undelivered()
    assert (dead.dead_at is not None, dead.grant_id) == (True, grant)
    assert office.clinic.events().count("signal.given_up") == 1
    receiver.answer = 202
    with office.store.write() as tx:
        assert send_again(tx, office.desk.ledger, get_receiver(tx, added.id), actor="command-line") == 1
    office.ring()
    assert (len(receiver.taken), office.undelivered()) == (1, [])


def test_a_week_of_silence_is_given_up_in_sight(office: Office, receiver: ReceiverServer) -> None:
    """Not for ever, and never without an entry."""
    office.add(receiver.url)
    end_one(office)
    receiver.answer = 503
    office.clinic.clock.advance(days=8)
    office.ring()
    assert office.told()[0].given_up == 1
    assert "signal.given_up" in office.clinic.events()
    assert receiver.calls == 0


def test_a_black_hole_keeps_nobody_waiting(
    office: Office, keys: KeysInMemory, receiver: ReceiverServer
) -> None:
    """The ring returns at once, the next receiver is told, and revocation takes its usual time."""
    silent = ReceiverServer(keys, AUDIENCE, answer="silent")
    office.add(silent.url, name="The silent one")
    office.add(receiver.url)
    end_one(office)
    couriers = Couriers(office.desk)
    began = time.monotonic()
    couriers.ring()
    end_one(office)
    couriers.ring()
    assert time.monotonic() - began < 2
    _until(lambda: len(receiver.taken) >= 1)
    office.clinic.clock.advance(seconds=1)
    couriers.ring()
    _until(lambda: len(receiver.taken) == 2)
    assert silent.calls == 1
    silent.stop()
    couriers.wait(10)
    assert office.told()[1].receiver.fault == "It did not answer."


def test_an_answer_that_drips_is_cut_short(office: Office, receiver: ReceiverServer) -> None:
    """The status is what counts; a body without end is not read to its end."""
    office.add(receiver.url)
    end_one(office)
    receiver.answer = "drip"
    turning = threading.Event()

    def turn() -> None:
        while not turning.wait(0.05):
            office.clinic.clock.advance(seconds=5)

    threading.Thread(target=turn, daemon=True).start()
    office.ring()
    turning.set()
    assert office.told()[0].receiver.fault == "It answered 500, not 202 Accepted."


def test_retry_after_is_kept(office: Office, receiver: ReceiverServer) -> None:
    """What a receiver asks for is waited for, an hour at most."""
    office.add(receiver.url)
    end_one(office)
    receiver.answer, receiver.retry_after = 429, "900"
    office.ring()
    state = office.told()[0].receiver
    assert state.next_try_at - office.clinic.clock.now() == timedelta(seconds=900)
    receiver.retry_after = "999999"
    office.clinic.clock.advance(minutes=16)
    office.ring()
    state = office.told()[0].receiver
    assert state.next_try_at - office.clinic.clock.now() == timedelta(hours=1)


def test_two_processes_do_not_call_one_receiver_at_once(office: Office, receiver: ReceiverServer) -> None:
    """Whoever claims it sends; what a killed one had claimed is sent by another, and taken once."""
    added = office.add(receiver.url)
    for _ in range(5):
        end_one(office)
    sent: list[int] = []
    threads = [threading.Thread(target=lambda: sent.append(deliver(office.desk, added.id))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (sum(sent), receiver.calls, len(receiver.taken)) == (5, 5, 5)


def test_killed_after_it_was_taken(office: Office, receiver: ReceiverServer) -> None:
    """The same event goes out once more under the same jti, so the receiver takes it once."""
    added = office.add(receiver.url)
    end_one(office)

    dying = DiesAfterTheFirstCommit(office.store.engine, office.clinic.clock)
    with pytest.raises(Killed):
        deliver(replace(office.desk, store=dying), added.id)
    assert len(receiver.taken) == 1
    office.clinic.clock.advance(minutes=3)
    assert deliver(office.desk, added.id) == 1
    assert (receiver.calls, len(receiver.taken)) == (2, 1)


def test_the_secret_it_wants_is_shown_to_it_alone(office: Office, receiver: ReceiverServer) -> None:
    """Sealed in the database, in the header on the wire; without it the receiver is not to blame an event."""
    receiver.authorization = "Bearer right"
    added = office.add(receiver.url, authorization="Bearer right")
    end_one(office)
    office.ring()
    assert len(receiver.taken) == 1
    receiver.authorization = "Bearer another"
    end_one(office)
    office.ring()
    (waiting,) = office.undelivered()
    assert (waiting.tries, office.told()[0].receiver.failures) == (0, 1)
    with office.store.read() as reader:
        sealed = reader.connection.exec_driver_sql('SELECT "authorization" FROM receivers').scalar_one()
    assert b"right" not in bytes(sealed)
    assert added.id


def test_a_secret_moved_to_another_receiver_is_not_shown_to_it(
    office: Office, receiver: ReceiverServer
) -> None:
    """Somebody who writes to the database cannot have a secret sent to an address of their own."""
    office.add(
        "https://portal.clinic.example/events", name="The portal", authorization="Bearer of the portal"
    )
    office.add(receiver.url, name="Another", authorization="Bearer of another")
    with office.store.write() as tx:
        tx.connection.exec_driver_sql(
            'UPDATE receivers SET "authorization" ='
            " (SELECT r.\"authorization\" FROM receivers r WHERE r.name = 'The portal')"
        )
    end_one(office)
    with office.store.read() as reader:
        moved = get_receiver(reader, "another")
    deliver(office.desk, moved.id)
    assert receiver.calls == 0
    with office.store.read() as reader:
        assert "cannot be opened" in str(get_receiver(reader, "another").fault)


def test_without_a_key_events_wait_and_revocation_does_not(office: Office, receiver: ReceiverServer) -> None:
    """A key service that is down keeps the end of access from nothing."""

    class NoKeys(KeysInMemory):
        def current(self):
            raise Unavailable("The key service does not answer.")

    office.add(receiver.url)
    down = Couriers(replace(office.desk, keys=NoKeys()))
    grant = end_one(office)
    office.ring(down)
    assert office.told()[0].receiver.fault == "The key service does not answer."
    assert "grant.revoked" in office.clinic.events()
    office.clinic.clock.advance(minutes=1)
    office.ring()
    assert receiver.taken[0]["sub_id"]["session"]["id"] == grant


def test_a_removed_receiver_hears_nothing_more(office: Office, receiver: ReceiverServer) -> None:
    """Neither what waited nor what comes."""
    added = office.add(receiver.url)
    receiver.answer = 503
    end_one(office)
    office.ring()
    with office.store.write() as tx:
        remove(tx, office.desk.ledger, added.id, actor="command-line")
    receiver.answer = 202
    end_one(office)
    office.clinic.clock.advance(hours=1)
    office.ring()
    assert (receiver.calls, office.undelivered()) == (1, [])


def test_what_was_taken_long_ago_is_forgotten(office: Office, receiver: ReceiverServer) -> None:
    """After ninety days nothing of it is kept but the ledger."""
    office.add(receiver.url)
    end_one(office)
    office.ring()
    office.clinic.clock.advance(days=91)
    office.ring()
    assert office.told()[0].taken == 0


def test_a_stream_is_proved_by_a_verification_event(office: Office, receiver: ReceiverServer) -> None:
    """The subject is the stream; the answer is what the receiver says now, and nothing is written."""
    added = office.add(receiver.url)
    before = office.clinic.events()
    assert verify_stream(office.desk, added).taken
    (claims,) = receiver.taken
    assert claims["sub_id"] == {"format": "opaque", "id": added.id}
    (uri,) = claims["events"]
    assert uri == "https://schemas.openid.net/secevent/ssf/event-type/verification"
    receiver.answer = 400
    assert verify_stream(office.desk, added).fault.startswith("It refused the event: invalid_key.")
    assert office.clinic.events() == before


def test_a_receiver_inside_is_not_called_unless_it_was_allowed(
    office: Office, receiver: ReceiverServer
) -> None:
    """An address that leads into a private network is refused before anything is sent."""
    added = office.add(receiver.url)
    inside = replace(added, allow_private=False, url=receiver.url.replace("http:", "https:"))
    answer = verify_stream(office.desk, inside)
    assert answer.fault == "The receiver's name leads to an address inside a private or reserved network."
    assert receiver.calls == 0


def _until(holds) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("never")
