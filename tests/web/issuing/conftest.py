"""The authorization server of a small clinic."""

from __future__ import annotations

import pytest

from tests.fakes.front import Front
from tests.web.issuing.desk import App, Desk


@pytest.fixture
def desk(front: Front) -> Desk:
    return Desk(front)


@pytest.fixture
def app(desk: Desk) -> App:
    """Software that proves itself by a secret."""
    return desk.register()
