"""Fixtures every room's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic
from tests.fakes.front import Front


@pytest.fixture
def clock() -> SettableClock:
    """A clock that stands at noon UTC on a Sunday until a test turns it."""
    return SettableClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: SettableClock) -> Iterator[Store]:
    """A real SQLite file with every table, trigger and pragma the product uses."""
    engine = open_engine(f"sqlite:///{tmp_path / 'broker.db'}")
    metadata.create_all(engine)
    yield Store(engine, clock)
    engine.dispose()


@pytest.fixture
def front(store: Store, clock: SettableClock, tmp_path: Path) -> Front:
    """A small clinic with its pages, and browsers in front of them."""
    return Front(Clinic(store, clock), tmp_path)
