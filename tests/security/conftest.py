"""A clinic in which every address of the product leads to something real."""

from __future__ import annotations

import pytest

from tests.fakes.front import Front
from tests.security.estate import Estate


@pytest.fixture
def estate(front: Front) -> Estate:
    return Estate(front)
