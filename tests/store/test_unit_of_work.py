from datetime import datetime

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select, text
from sqlalchemy.exc import StatementError

from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.store import Store, UTCDateTime
from broker.store.engine import open_engine
from broker.store.high_water import latest_seen, mark_time

things = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UTCDateTime),
    Column("s", String),
)


@pytest.fixture
def place(store: Store) -> Store:
    things.create(store.engine)
    return store


def names(store: Store) -> list[str]:
    with store.read() as reader:
        return [row.s for row in reader.all(select(things.c.s))]


def test_a_block_commits_as_a_whole(place: Store) -> None:
    """What was written in one block is there after it."""
    with place.write() as tx:
        tx.execute(things.insert().values(s="a"))
        tx.execute(things.insert().values(s="b"))
    assert names(place) == ["a", "b"]


def test_an_error_takes_everything_back(place: Store) -> None:
    """Nothing of a block that failed stays."""
    with pytest.raises(RuntimeError), place.write() as tx:
        tx.execute(things.insert().values(s="a"))
        raise RuntimeError
    assert names(place) == []


def test_instants_come_back_in_utc(place: Store) -> None:
    """SQLite keeps no zone; what comes back has one all the same."""
    with place.write() as tx:
        tx.execute(things.insert().values(at=tx.at))
    with place.read() as reader:
        assert reader.execute(select(things.c.at)).scalar_one() == place.clock.now()


def test_a_naive_instant_is_refused(place: Store) -> None:
    """An instant without a zone is a mistake before it is a row."""
    with pytest.raises(StatementError, match="naive"), place.write() as tx:
        tx.execute(things.insert().values(at=datetime(2026, 1, 1)))


def test_a_database_that_stays_locked_is_unavailable_and_nothing_changed(
    place: Store, clock: SettableClock
) -> None:
    """A writer who cannot get in is told so in words."""
    impatient = open_engine(str(place.engine.url))
    with place.write() as holder:
        holder.execute(things.insert().values(s="held"))
        with impatient.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=10")
        with pytest.raises(Unavailable), Store(impatient, clock).write() as tx:
            tx.execute(things.insert().values(s="late"))
    impatient.dispose()
    assert names(place) == ["held"]


def test_errors_do_not_repeat_what_was_to_be_stored(place: Store) -> None:
    """Parameters may speak of a patient, and errors end in logs."""
    with place.write() as tx:
        tx.execute(things.insert().values(id=1, s="first"))
    with pytest.raises(Exception, match="UNIQUE") as caught, place.write() as tx:
        tx.execute(things.insert().values(id=1, s="a canary"))
    assert "canary" not in str(caught.value)


def test_the_database_flushes_each_commit_and_keeps_foreign_keys(place: Store) -> None:
    """The settings the broker relies on are on in each connection."""
    with place.read() as reader:
        answers = {
            pragma: reader.execute(text(f"PRAGMA {pragma}")).scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    assert answers == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


def test_the_time_mark_rises_and_never_falls(store: Store, clock: SettableClock) -> None:
    """A process that starts after the clock was set back finds the latest instant of all."""
    mark_time(store)
    high = clock.advance(hours=1)
    mark_time(store)
    earlier = Store(store.engine, SettableClock(datetime.fromisoformat("2026-03-01T09:00:00+00:00")))
    mark_time(earlier)
    with store.read() as reader:
        assert latest_seen(reader) == high
