"""An installation to back up: a clinic with live access, keys, checkpoints, a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.store import Store
from tests.backup.house import House


@pytest.fixture
def house(sqlite_store: Store, clock: SettableClock, tmp_path: Path) -> House:
    return House(sqlite_store, clock, tmp_path)
