"""A clinic with a past to look into."""

import pytest

from broker.clock import SettableClock
from broker.store import Store
from tests.fakes.past import Past


@pytest.fixture
def past(store: Store, clock: SettableClock) -> Past:
    return Past(store, clock)
