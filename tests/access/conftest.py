"""A clinic to ask, decide and grant in."""

import pytest

from broker.clock import SettableClock
from broker.store import Store
from tests.fakes.clinic import Clinic


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    return Clinic(store, clock)
