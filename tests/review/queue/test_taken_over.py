from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from broker.clock import SettableClock
from broker.review.against_ledger.check import check_rows
from broker.review.queue.outcome import Outcome
from broker.review.queue.owed import ReviewState, get_review
from broker.review.queue.sign_off import sign
from broker.store import Store
from broker.store.engine import open_engine
from broker.store.schema import downgrade, upgrade
from tests.fakes.past import Past

BEFORE_REVIEWS_HAD_STATES = "0017"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'broker.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


def test_reviews_of_an_earlier_version_stand_as_they_did(engine: Engine, clock: SettableClock) -> None:
    """A signed one is signed and an open one open, and both agree with the ledger that tells of them."""
    past = Past(Store(engine, clock), clock)
    signed, waiting = past.broken(), past.broken()
    sign(past.equipment, past.reviewer.person, signed.id, Outcome.APPROPRIATE)
    downgrade(engine, BEFORE_REVIEWS_HAD_STATES)
    upgrade(engine)
    with past.store.read() as reader:
        assert get_review(reader, signed.id).state is ReviewState.SIGNED
        assert get_review(reader, waiting.id).state is ReviewState.OPEN
    assert check_rows(past.store, past.notes).disagreements == ()
