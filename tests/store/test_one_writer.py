"""One writer at a time and readers who see one instant, on every database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select, update

from broker.errors import Unavailable
from broker.store import Store
from broker.store.high_water import high_water, mark_time


def count(store: Store) -> None:
    """Read, then write what was read plus one: right only for whoever is alone."""
    with store.write() as tx:
        seen = tx.execute(select(high_water.c.id)).scalar_one()
        tx.execute(update(high_water).values(id=seen + 1))


def test_what_was_checked_still_holds_when_it_is_acted_on(any_store: Store) -> None:
    """Of many that read and then write, none overwrites what another wrote in between."""
    mark_time(any_store)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, [any_store] * 24))
    with any_store.read() as reader:
        assert reader.execute(select(high_water.c.id)).scalar_one() == 25


def test_a_reader_sees_one_instant(any_store: Store) -> None:
    """What somebody commits in the middle of a look is not seen in it."""
    mark_time(any_store)
    with any_store.read() as reader:
        before = reader.execute(select(high_water.c.id)).scalar_one()
        count(any_store)
        assert reader.execute(select(high_water.c.id)).scalar_one() == before


def test_a_writer_that_waits_too_long_is_told(any_store: Store) -> None:
    """Behind a writer that does not end, Unavailable comes after five seconds, and nothing was written."""
    mark_time(any_store)
    told, over = [], threading.Event()

    def impatient() -> None:
        try:
            count(any_store)
        except Unavailable as error:
            told.append(str(error))
        over.set()

    with any_store.write():
        threading.Thread(target=impatient).start()
        assert over.wait(20)
    assert told
    count(any_store)
