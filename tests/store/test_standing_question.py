"""A question asked over and over sees every commit and keeps the columns' types."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, select

from broker.errors import Unavailable
from broker.store import Store, UTCDateTime
from broker.store.standing_question import StandingQuestion

things = Table(
    "things",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("n", Integer),
    Column("at", UTCDateTime),
)
QUESTION = StandingQuestion(
    select(things.c.n, things.c.at).where(things.c.id == bindparam("id"), things.c.id != bindparam("not"))
)
WANTED = {"not": "b", "id": "a"}


@pytest.fixture
def place(store: Store) -> Store:
    things.create(store.engine)
    with store.write() as tx:
        tx.execute(things.insert().values(id="a", n=1, at=tx.at))
    return store


def test_values_come_as_their_columns_have_them(place: Store) -> None:
    """An instant is an aware one, as everywhere else."""
    assert QUESTION.ask(place.engine, WANTED) == (1, place.clock.now())


def test_no_row_is_none(place: Store) -> None:
    """Nothing found is an answer, not a fault."""
    assert QUESTION.ask(place.engine, {"id": "z", "not": "b"}) is None


def test_every_commit_is_seen_at_once(place: Store) -> None:
    """Nothing is remembered from one time to the next, and nothing uncommitted is seen."""
    for number in (2, 3):
        with place.write() as tx:
            tx.execute(things.update().values(n=number, at=None))
            assert QUESTION.ask(place.engine, WANTED) != (number, None)
        assert QUESTION.ask(place.engine, WANTED) == (number, None)


def test_asking_holds_nothing_back(place: Store) -> None:
    """A writer gets in between two answers: no transaction stays open behind them."""
    for _ in range(40):
        assert QUESTION.ask(place.engine, WANTED) is not None
    assert place.engine.pool.checkedout() == 0
    with place.write() as tx:
        tx.execute(things.delete())
    assert QUESTION.ask(place.engine, WANTED) is None


def test_a_database_that_cannot_answer_is_unavailable(place: Store) -> None:
    """A fault of the store is said in words, and says nothing of what was asked."""
    things.drop(place.engine)
    with pytest.raises(Unavailable) as caught:
        QUESTION.ask(place.engine, WANTED)
    assert "things" not in str(caught.value)
