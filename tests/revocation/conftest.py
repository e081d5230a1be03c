"""A clinic whose grants can be swept, and one that is watched."""

import pytest

from broker.clock import SettableClock
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.revocation.watched import Watched


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    return Clinic(store, clock)


@pytest.fixture
def watched(store: Store, clock: SettableClock) -> Watched:
    return Watched(store, clock)
