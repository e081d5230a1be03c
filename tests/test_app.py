from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broker.app import build_parts, open_store
from broker.chores import chores_of
from broker.clock import SettableClock
from broker.identity.caller import Caller
from broker.identity.people import Role, add_person
from broker.identity.sessions.sessions import IDLE_LIMIT, begin
from broker.identity.tables import sessions
from broker.review.against_ledger.check import check_rows
from broker.settings import Settings
from broker.store.schema import upgrade
from broker.web.parts import Parts


@pytest.fixture
def parts(tmp_path: Path, clock: SettableClock) -> Iterator[Parts]:
    settings = Settings(state_dir=tmp_path / "var")
    empty = open_store(settings).engine
    upgrade(empty)
    empty.dispose()
    built = build_parts(settings, clock)
    yield built
    built.store.engine.dispose()


def test_every_chore_runs_on_an_empty_broker(parts: Parts) -> None:
    """Nothing to do is no reason to fail, and each has its interval."""
    for name, (chore, seconds) in chores_of(parts).items():
        chore()
        assert 0 < seconds <= 600, name


def test_sessions_past_their_limits_are_closed_by_themselves(parts: Parts, clock: SettableClock) -> None:
    """So that no clock set back over a restart can bring one back; the rows still agree with the ledger."""
    with parts.store.write() as tx:
        person = add_person(
            tx, parts.ledger, email="a@clinic.example", name="A", roles=[Role.ADMIN], actor="test"
        )
        begin(tx, person.id, Caller("192.0.2.1"))
    clock.advance(seconds=(IDLE_LIMIT + timedelta(seconds=1)).total_seconds())
    chores_of(parts)["expired sessions"][0]()
    with parts.store.read() as reader:
        assert [row.ended_at for row in reader.all(select(sessions.c.ended_at))] == [clock.now()]
    assert check_rows(parts.store).ok
