"""Entries reach a receiver in order, and the feed moves on only when it has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from broker.errors import Conflict, Invalid
from broker.feeds.couriers import FeedCouriers
from broker.feeds.deliver import CLAIM, FeedDesk, _claim, attempt, deliver, next_batch
from broker.feeds.feed import Kind, OnRefusal
from broker.feeds.outcome import LONGEST_PAUSE, SKIPPED_AFTER, TOLD_AFTER
from broker.feeds.read import gaps, standings
from broker.feeds.steer import pause_feed, replay, resume_feed, skip_refused
from broker.feeds.tables import feeds
from broker.ledger.entry import Entry
from broker.ledger.read import entries_after
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import Teach, head, now_of
from tests.feeds.receiver import Receiver, status


def refusing(seq: int) -> object:
    """A receiver that answers 400 to whatever holds entry ``seq``."""

    def answer(body: bytes) -> tuple[int, bytes]:
        return (400 if any(each["seq"] == seq for each in json.loads(body)["data"]["entries"]) else 204), b""

    return answer


def test_everything_once_in_order(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """A new feed from the beginning gets every entry, its own beginning included, each once."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    deliver(desk, feed.id)
    assert receiver.seqs == list(range(1, head(desk) + 1))
    assert now_of(desk, feed).delivered_seq == head(desk)
    assert deliver(desk, feed.id) == 0


def test_nothing_lost_while_it_is_away(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """A receiver that answers 503 for a while has everything afterwards, in order, once."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    receiver.answer = status(503)
    for _ in range(3):
        deliver(desk, feed.id)
        clinic.clock.advance(seconds=LONGEST_PAUSE.total_seconds() * 1.5)
    assert receiver.seqs == []
    assert now_of(desk, feed).failures == 3
    receiver.answer = status(200)
    deliver(desk, feed.id)
    assert receiver.seqs == list(range(1, head(desk) + 1))
    assert now_of(desk, feed).failures == 0


def test_it_waits_before_it_knocks_again(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """After a failure nothing is sent until the pause is over, and the receiver's own wish is kept."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    receiver.answer, receiver.retry_after = status(429), "600"
    deliver(desk, feed.id)
    receiver.answer = status(204)
    clinic.clock.advance(seconds=599)
    assert deliver(desk, feed.id) == 0
    clinic.clock.advance(seconds=1)
    assert deliver(desk, feed.id) > 0


def test_administrators_are_told_once(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """A receiver that stays away is one entry in the ledger, however long it does."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    receiver.answer = status(500)
    for _ in range(TOLD_AFTER + 3):
        deliver(desk, feed.id)
        clinic.clock.advance(seconds=LONGEST_PAUSE.total_seconds() * 1.5)
    (stuck,) = clinic.entries("feed.stuck")
    assert stuck.facts == {"feed": feed.id, "name": feed.name, "why": "away", "tries": TOLD_AFTER}


def test_killed_between_sending_and_writing_down(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """What was sent but not written down is sent again under the same ids, and nothing is missing."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    batch = next_batch(desk.store, feed).batch
    assert attempt(desk, feed, batch).taken == len(batch)
    # Here the process dies: nothing was written, the claim runs out by itself.
    deliver(desk, feed.id)
    first, again = (json.loads(body)["data"]["entries"] for body in receiver.bodies)
    assert [each["id"] for each in again[: len(first)]] == [each["id"] for each in first]
    assert sorted(set(receiver.seqs)) == list(range(1, head(desk) + 1))


def test_claim_of_a_dead_process_runs_out(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """A feed claimed by a process that was killed is told by another after the claim is over, not before."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    assert _claim(desk.store, feed.id)
    assert deliver(desk, feed.id) == 0
    clinic.clock.advance(seconds=CLAIM.total_seconds())
    assert deliver(desk, feed.id) > 0


def test_only_the_events_it_wants(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """A filter names events or their beginnings; what is not wanted is passed over and never waited for."""
    feed = teach(Kind.WEBHOOK, receiver.url, events=("grant.*", "request.broke_glass"))
    deliver(desk, feed.id)
    events = {each["event"] for body in receiver.bodies for each in json.loads(body)["data"]["entries"]}
    assert events == {
        "grant.issued",
        "grant.activating",
        "grant.active",
        "grant.revoking",
        "grant.revoked",
        "request.broke_glass",
    }
    assert now_of(desk, feed).delivered_seq == head(desk)


def test_a_refused_entry_waits_for_a_person(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """One entry the receiver refuses is found, nothing behind it is sent, and a person lets it be left out."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    receiver.answer = refusing(5)
    deliver(desk, feed.id)
    stuck = now_of(desk, feed)
    assert (stuck.delivered_seq, stuck.refused_seq) == (4, 5)
    assert receiver.seqs == [1, 2, 3, 4]
    assert clinic.entries("feed.stuck")[0].facts["why"] == "refused"
    with desk.store.write() as tx:
        skip_refused(tx, desk.ledger, stuck, 5, actor=clinic.admin.id)
    deliver(desk, feed.id)
    assert receiver.seqs == [1, 2, 3, 4, *range(6, head(desk) + 1)]
    with desk.store.read() as reader:
        (gap,) = gaps(reader)
        (standing,) = standings(reader)
    assert (gap.seq, gap.skipped_by, standing.left_out) == (5, clinic.admin.id, 1)


def test_terms_may_leave_a_refused_entry_out(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """Where the terms say so, an entry refused often enough is left out in sight, and the others go on."""
    feed = teach(Kind.WEBHOOK, receiver.url, on_refusal=OnRefusal.SKIP)
    receiver.answer = refusing(5)
    for _ in range(SKIPPED_AFTER):
        deliver(desk, feed.id)
        clinic.clock.advance(hours=2)
    assert set(range(1, head(desk) + 1)) - set(receiver.seqs) <= {5, head(desk)}
    with desk.store.read() as reader:
        assert [(gap.seq, gap.skipped_by) for gap in gaps(reader)] == [(5, "broker")]


def test_skip_of_something_else_is_refused(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """Only the very entry that is refused now can be left out."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    with pytest.raises(Conflict), desk.store.write() as tx:
        skip_refused(tx, desk.ledger, feed, 5, actor=clinic.admin.id)


def test_replay(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """Told again from an entry on, under the same ids; an entry the ledger does not have is no beginning."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    deliver(desk, feed.id)
    before = len(receiver.seqs)
    with desk.store.write() as tx:
        replay(tx, desk.ledger, feed, 3, actor="command-line")
    deliver(desk, feed.id)
    assert receiver.seqs[before:] == list(range(3, head(desk) + 1))
    for wrong in (0, head(desk) + 1):
        with pytest.raises(Invalid), desk.store.write() as tx:
            replay(tx, desk.ledger, feed, wrong, actor="command-line")


def test_replay_while_a_batch_is_under_way(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """A feed told to begin again during a batch begins again: the batch's outcome does not move it past that."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    deliver(desk, feed.id)
    with desk.store.write() as tx:
        desk.ledger.append(tx, Entry("person.signed_in", "person_1"))
    moved = []

    def while_under_way(_body: bytes) -> tuple[int, bytes]:
        if not moved:
            with desk.store.write() as tx:
                moved.append(replay(tx, desk.ledger, feed, 2, actor="command-line"))
        return 204, b""

    receiver.answer = while_under_way
    deliver(desk, feed.id)
    receiver.bodies.clear()
    deliver(desk, feed.id)
    assert receiver.seqs == list(range(2, head(desk) + 1))


def test_refused_while_somebody_begins_again(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """A refusal that comes back after a replay marks nothing: skipping it would lose what was to be told again."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    deliver(desk, feed.id)
    with desk.store.write() as tx:
        desk.ledger.append(tx, Entry("person.signed_in", "person_1"))

    def refuse_while_moved(_body: bytes) -> tuple[int, bytes]:
        with desk.store.write() as tx:
            replay(tx, desk.ledger, feed, 2, actor="command-line")
        return 400, b""

    receiver.answer = refuse_while_moved
    deliver(desk, feed.id)
    assert (now_of(desk, feed).delivered_seq, now_of(desk, feed).refused_seq) == (1, None)


def test_pause_and_resume(clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """A paused feed is told nothing and loses nothing; let go on, it is told at once."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    with desk.store.write() as tx:
        pause_feed(tx, desk.ledger, feed, actor=clinic.admin.id)
    FeedCouriers(desk).ring()
    assert deliver(desk, feed.id) == 0
    assert receiver.seqs == []
    with desk.store.write() as tx:
        resume_feed(tx, desk.ledger, feed, actor=clinic.admin.id)
    couriers = FeedCouriers(desk)
    couriers.ring()
    couriers.wait(10)
    assert receiver.seqs == list(range(1, head(desk) + 1))


def test_one_that_is_silent_keeps_no_other_waiting(
    desk: FeedDesk, teach: Teach, receiver: Receiver, tmp_path: Path
) -> None:
    """A receiver that never answers costs the others nothing, nor anybody who writes to the ledger."""
    receiver.silent = True
    silent, file = teach(Kind.WEBHOOK, receiver.url), teach(Kind.FILE, str(tmp_path / "feed.jsonl"))
    couriers = FeedCouriers(desk)
    couriers.ring()
    with desk.store.write() as tx:
        desk.ledger.append(tx, Entry("person.signed_in", "person_1"))
    for _ in range(100):
        if now_of(desk, file).delivered_seq >= head(desk) - 1:
            break
        couriers._under_way[file.id].join(0.05)
    assert now_of(desk, file).delivered_seq >= head(desk) - 1
    assert now_of(desk, silent).delivered_seq == 0
    receiver.released.set()
    couriers.wait(30)


def test_secrets_are_sealed(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """What proves the broker to a receiver stands in no table and in no entry of the ledger in clear."""
    feed = teach(Kind.WEBHOOK, receiver.url, secrets={"authorization": "Bearer hush-hush"})
    deliver(desk, feed.id)
    assert receiver.headers[0]["Authorization"] == "Bearer hush-hush"
    with desk.store.read() as reader:
        stored, ledger = str(reader.all(select(feeds))), str(entries_after(reader, 0))
    assert "hush" not in stored + ledger
    assert receiver.url in stored
    assert receiver.url not in ledger


def test_two_processes_tell_each_entry_once(desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """Two brokers on one database do not tell the same feed at the same time."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    couriers = [FeedCouriers(desk) for _ in range(3)]
    for each in couriers:
        each.ring()
    for each in couriers:
        each.wait(30)
    assert receiver.seqs == list(range(1, head(desk) + 1))
    assert now_of(desk, feed).delivered_seq == head(desk)


@pytest.mark.parametrize("kind", [Kind.SYSLOG, Kind.WEBHOOK, Kind.FHIR])
def test_no_way_into_the_clinics_own_network(desk: FeedDesk, teach: Teach, kind: Kind) -> None:
    """A name that leads inside is not called, by any kind of feed, unless somebody allowed it."""
    scheme = "tls" if kind is Kind.SYSLOG else "https"
    feed = teach(kind, f"{scheme}://localhost:1", allow_private=False)
    deliver(desk, feed.id)
    assert "inside a private or reserved network" in (now_of(desk, feed).fault or "")
    metadata = teach(
        kind, f"{scheme}://169.254.169.254:1", begins=head(desk) - 1, allow_private=True, events=("*",)
    )
    deliver(desk, metadata.id)
    assert "inside a private or reserved network" in (now_of(desk, metadata).fault or "")
