"""One served broker for all of these tests; each has people and software of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.demo_broker import DemoBroker
from tests.oauth_clients.ward import Ward


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoBroker]:
    broker = DemoBroker(tmp_path_factory.mktemp("oauth"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def ward(served: DemoBroker) -> Ward:
    return Ward(served)
