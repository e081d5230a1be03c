from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.clock import SettableClock
from broker.errors import Invalid, Unavailable
from broker.ledger.body import EMPTY_DIGEST, instant
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry, Recorded
from broker.ledger.snapshot import snapshot
from broker.ledger.tables import ledger_entries, ledger_head
from broker.ledger.verifying.verify import verify
from broker.store import Store, Transaction

ENTRY = Entry("grant.active", "person_a", "request_a", "grant_a", "person_b", {"minutes": 15})


def report(store: Store):
    with snapshot(store) as look:
        return verify(look.entries(), stored_head=look.head())


def test_an_entry_gets_the_next_place_and_continues_the_one_before(any_store: Store) -> None:
    """seq counts from 1, the digests link, and the head says where the chain ends."""
    with any_store.write() as tx:
        first, second = Ledger().append(tx, ENTRY), Ledger().append(tx, ENTRY)
    with any_store.read() as reader:
        rows = reader.all(select(ledger_entries).order_by(ledger_entries.c.seq))
        head = reader.one_or_none(select(ledger_head))
    assert [first.seq, second.seq] == [1, 2]
    assert [row.previous for row in rows] == [EMPTY_DIGEST, first.digest]
    assert head is not None
    assert (head.seq, head.digest, head.at) == (2, second.digest, second.at)


def test_the_columns_say_what_the_body_says(any_store: Store) -> None:
    """Every column beside the body repeats it, for the sake of queries."""
    with any_store.write() as tx:
        recorded = Ledger().append(tx, ENTRY)
    with any_store.read() as reader:
        row = reader.all(select(ledger_entries))[0]
    said = json.loads(row.body)
    assert (said["seq"], said["at"], said["event"]) == (row.seq, instant(row.at), row.event)
    ids = [said[name] for name in ("actor", "request", "grant", "subject", "previous")]
    assert ids == [row.actor_id, row.request_id, row.grant_id, row.subject_id, row.previous]
    assert recorded == Recorded(1, row.at, row.digest, ENTRY)
    assert report(any_store).ok


def test_the_ledger_clock_never_goes_back(store: Store, clock: SettableClock) -> None:
    """A process whose clock is behind writes the time of the entry before, not its own."""
    with store.write() as tx:
        first = Ledger().append(tx, ENTRY)
    late = Store(store.engine, SettableClock(clock.now() - timedelta(hours=1)))
    with late.write() as tx:
        second = Ledger().append(tx, ENTRY)
    assert second.at == first.at
    assert report(store).ok


def test_a_rollback_leaves_no_gap(any_store: Store) -> None:
    """An entry whose transaction failed never was, and the next one takes its place."""

    def fail() -> None:
        with any_store.write() as tx:
            Ledger().append(tx, ENTRY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with any_store.write() as tx:
        assert Ledger().append(tx, ENTRY).seq == 1
    assert report(any_store).entries == 1


def test_observers_see_the_entry_in_its_own_transaction(store: Store) -> None:
    """Each observer is called in order with the transaction and the recorded entry."""
    seen: list[tuple[str, Transaction, Recorded]] = []
    ledger = Ledger([lambda tx, it: seen.append(("a", tx, it)), lambda tx, it: seen.append(("b", tx, it))])
    with store.write() as tx:
        recorded = ledger.append(tx, ENTRY)
    assert seen == [("a", tx, recorded), ("b", tx, recorded)]


def test_an_observer_that_fails_takes_everything_back(store: Store) -> None:
    """What an observer must write commits with the entry or not at all."""

    def fail(tx: Transaction, recorded: Recorded) -> None:
        raise RuntimeError(recorded.seq)

    with pytest.raises(RuntimeError), store.write() as tx:
        Ledger([fail]).append(tx, ENTRY)
    assert report(store).entries == 0


def test_a_refused_entry_writes_nothing(store: Store) -> None:
    """Facts that cannot be kept raise before anything is written; the transaction can go on."""
    with store.write() as tx:
        with pytest.raises(Invalid):
            Ledger().append(tx, Entry("grant.active", "a", facts={"x": 1.5}))
        assert Ledger().append(tx, ENTRY).seq == 1


def test_without_its_head_the_ledger_refuses(store: Store, owner) -> None:
    """A lost head row makes the ledger unusable rather than start a second chain."""
    owner.execute("DELETE FROM ledger_head")
    with pytest.raises(Unavailable, match="lost its head"), store.write() as tx:
        Ledger().append(tx, ENTRY)


def test_writers_at_the_same_time_queue(any_store: Store) -> None:
    """Four threads write fifty entries each; none is lost and the chain is one."""
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(50):
                with any_store.write() as tx:
                    Ledger().append(tx, ENTRY)
        except BaseException as error:  # noqa: BLE001 - reported by the main thread
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = report(any_store)
    assert found.ok
    assert found.entries == 200


def test_a_head_that_moved_under_the_writer_is_noticed(store: Store, owner) -> None:
    """Even past triggers and locks, an entry is not committed when the head is no longer the one it continues."""
    owner.execute(
        "CREATE TRIGGER meddle AFTER INSERT ON ledger_entries BEGIN UPDATE ledger_head SET seq = 5; END"
    )
    with pytest.raises(Unavailable, match="moved"), store.write() as tx:
        Ledger().append(tx, ENTRY)
    with store.read() as reader:
        assert reader.all(select(ledger_entries)) == []


def test_a_place_that_is_taken_makes_the_ledger_unusable(store: Store, owner) -> None:
    """A forged next entry is told as a ledger that cannot be continued, which every room knows how to take."""
    with store.write() as tx:
        Ledger().append(tx, ENTRY)
    owner.execute("UPDATE ledger_head SET seq = 0")
    with pytest.raises(Unavailable, match="next place is taken"), store.write() as tx:
        Ledger().append(tx, ENTRY)
