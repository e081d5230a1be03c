"""What a test cannot do without: skipped by name, or a failure where nothing may be skipped."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacks(what: str) -> NoReturn:
    """Skip, saying what is missing; with BROKER_TEST_STRICT=1 fail instead."""
    if os.environ.get("BROKER_TEST_STRICT") == "1":
        pytest.fail(f"missing: {what}", pytrace=False)
    pytest.skip(f"missing: {what}")
