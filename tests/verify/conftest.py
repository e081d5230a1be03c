"""A broker that publishes keys and is asked about tokens, and a clock that a test turns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker.clock import SettableClock
from tests.verify.broker_server import BrokerServer, serving


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    """The tokens that Python and PHP share; the first is valid."""
    file = Path(__file__).parents[1] / "vectors/tokens.json"
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


@pytest.fixture
def now(vectors: dict[str, Any]) -> SettableClock:
    """Stands where the shared tokens are live."""
    return SettableClock(datetime.fromtimestamp(vectors["now"], UTC))


@pytest.fixture
def broker(vectors: dict[str, Any]) -> Iterator[BrokerServer]:
    """Publishes the keys of the shared tokens until a test says otherwise."""
    with serving() as server:
        server.says(vectors["jwks"])
        yield server
