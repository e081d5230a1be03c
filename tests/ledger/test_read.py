from __future__ import annotations

from collections.abc import Callable

from broker.ledger.read import entries_after, entries_of_grant, entries_of_request, latest
from broker.store import Store


def test_the_steps_of_a_grant_and_of_a_request_come_in_order(any_store: Store, append: Callable) -> None:
    """Only the asked-for ones, oldest first, with their facts."""
    append(any_store, 9)
    with any_store.read() as reader:
        grant = entries_of_grant(reader, "grant_1")
        request = entries_of_request(reader, "request_2")
        nothing = entries_of_grant(reader, "grant_x")
    assert [it.seq for it in grant] == [2, 5, 8]
    assert [it.seq for it in request] == [7, 8, 9]
    assert grant[0].entry.facts["minutes"] == 1
    assert nothing == []


def test_what_is_new_is_read_in_pages(any_store: Store, append: Callable) -> None:
    """Passing the last seq goes on where the page before ended."""
    append(any_store, 5)
    with any_store.read() as reader:
        first = entries_after(reader, 0, limit=3)
        rest = entries_after(reader, first[-1].seq, limit=3)
        assert latest(reader) == rest[-1]
    assert [it.seq for it in first + rest] == [1, 2, 3, 4, 5]


def test_an_empty_ledger_has_no_latest(any_store: Store) -> None:
    """Before the first step there is nothing to read."""
    with any_store.read() as reader:
        assert latest(reader) is None
        assert entries_after(reader, 0) == []
