from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from broker.clock import SettableClock
from broker.errors import Conflict, Invalid, NotFound
from broker.ledger.read import entries_after
from broker.review.history.filters import Filters
from broker.review.history.views import kept
from broker.review.history.views.kept import change_view, keep_view, let_go, views_for
from broker.review.history.views.tables import history_views
from broker.store import Store
from tests.fakes.past import Past

QUESTION = Filters(break_glass=True, earliest_hour=20)


def test_a_kept_view_asks_the_same_question(past: Past) -> None:
    """What comes out is what went in, for its owner alone until it is shared."""
    with past.store.write() as tx:
        mine = keep_view(tx, past.ledger, past.reviewer.id, "  Nights\u00a0 ", QUESTION, shared=False)
    with past.store.read() as reader:
        assert views_for(reader, past.reviewer.id) == (mine,)
        assert views_for(reader, past.admin.id) == ()
    assert (mine.name, mine.filters) == ("Nights", QUESTION)
    with past.store.write() as tx:
        shared = change_view(tx, past.ledger, past.reviewer.id, mine.id, "Nights", shared=True)
    with past.store.read() as reader:
        assert views_for(reader, past.admin.id) == (shared,)


def test_every_change_is_in_the_ledger_without_the_name(past: Past) -> None:
    """Kept, changed and removed are entries with the question; the name is free text, and stays out."""
    with past.store.write() as tx:
        view = keep_view(tx, past.ledger, past.reviewer.id, "about the night", QUESTION, shared=False)
        change_view(tx, past.ledger, past.reviewer.id, view.id, "about nights", shared=True)
        let_go(tx, past.ledger, past.reviewer.id, view.id)
    with past.store.read() as reader:
        told = [each.entry for each in entries_after(reader, 0) if each.entry.event.startswith("history.")]
        assert reader.all(select(history_views)) == []
    assert [each.event for each in told] == [
        "history.view_kept",
        "history.view_changed",
        "history.view_removed",
    ]
    assert [each.facts["shared"] for each in told] == [False, True, True]
    assert all(each.facts["query"] == QUESTION.to_query() for each in told)
    assert not [each for each in told if "night" in str(each)]


def test_somebody_elses_view_is_not_there(past: Past) -> None:
    """Shared or not, only its owner changes or removes it."""
    with past.store.write() as tx:
        view = keep_view(tx, past.ledger, past.reviewer.id, "nights", QUESTION, shared=True)
    with pytest.raises(NotFound), past.store.write() as tx:
        change_view(tx, past.ledger, past.admin.id, view.id, "mine now", shared=True)
    with pytest.raises(NotFound), past.store.write() as tx:
        let_go(tx, past.ledger, past.admin.id, view.id)


def test_nobody_keeps_more_than_a_list_can_show(past: Past) -> None:
    """The view too many is refused with what to do."""
    with past.store.write() as tx:
        for number in range(kept.MOST_KEPT):
            keep_view(tx, past.ledger, past.reviewer.id, f"view {number}", QUESTION, shared=False)
    with pytest.raises(Conflict), past.store.write() as tx:
        keep_view(tx, past.ledger, past.reviewer.id, "one more", QUESTION, shared=False)


def test_two_windows_do_not_keep_one_name_twice(any_store: Store, clock: SettableClock) -> None:
    """Sent at the same time, one is kept and the other is told that the name is taken."""
    past, both = Past(any_store, clock), Barrier(2)

    def keep(_number: int) -> str:
        both.wait(10)
        try:
            with past.store.write() as tx:
                keep_view(tx, past.ledger, past.reviewer.id, "nights", QUESTION, shared=False)
        except Invalid as error:
            return error.faults["name"]
        return "kept"

    with ThreadPoolExecutor(2) as windows:
        said = sorted(windows.map(keep, range(2)))
    assert said == ["You keep a view of that name already.", "kept"]
    assert len(past.entries("history.view_kept")) == 1
