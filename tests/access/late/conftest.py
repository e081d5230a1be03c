"""A clinic whose ends are put aside in a folder, and a database others can make unwritable."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.spooled import Spooled


@pytest.fixture
def spooled(sqlite_store: Store, clock: SettableClock, tmp_path: Path) -> Spooled:
    return Spooled(Clinic(sqlite_store, clock), tmp_path / "spool")
