"""A flood of made-up accounts leaves a number in the ledger, not a line for each."""

from __future__ import annotations

from sqlalchemy import func, select

from broker.clock import SettableClock
from broker.identity.signing_in.nobodys_tries import ENTRIES_AN_HOUR, note_nobodys, sum_up_nobodys
from broker.identity.tables import nobodys_tries
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.read import entries_after
from broker.store import Store


def flood(store: Store, ledger: Ledger, tries: int) -> None:
    for number in range(tries):
        with store.write() as tx:
            note_nobodys(tx, ledger, Entry("person.sign_in_failed", "broker", facts={"source": f"{number}"}))


def events(store: Store) -> list[str]:
    with store.read() as reader:
        return [each.entry.event for each in entries_after(reader, 0)]


def test_the_first_are_written_down_and_the_rest_is_a_number(any_store: Store, clock: SettableClock) -> None:
    """On every database: so many entries an hour, then one that says how many more there were."""
    ledger = Ledger()
    flood(any_store, ledger, ENTRIES_AN_HOUR + 30)
    assert sum_up_nobodys(any_store, ledger) == 0
    clock.advance(hours=1)
    flood(any_store, ledger, 1)
    assert sum_up_nobodys(any_store, ledger) == 1
    with any_store.read() as reader:
        last = entries_after(reader, 0)[-1].entry
    assert last.facts == {"tries": 30, "hour": "2026-03-01T12:00:00+00:00"}
    assert events(any_store).count("person.sign_in_failed") == ENTRIES_AN_HOUR + 1
    assert sum_up_nobodys(any_store, ledger) == 0


def test_a_quiet_hour_is_told_of_nowhere(store: Store, clock: SettableClock) -> None:
    """Nothing was left out, so there is nothing to add; and nothing is kept of it."""
    ledger = Ledger()
    flood(store, ledger, 3)
    clock.advance(hours=2)
    assert sum_up_nobodys(store, ledger) == 0
    assert events(store) == ["person.sign_in_failed"] * 3
    for _ in range(2):
        clock.advance(days=2)
        flood(store, ledger, 1)
        clock.advance(hours=1)
        sum_up_nobodys(store, ledger)
    with store.read() as reader:
        assert reader.execute(select(func.count()).select_from(nobodys_tries)).scalar_one() <= 2
