"""What a test cannot do without."""

from __future__ import annotations

from typing import NoReturn

import pytest


def lacks(what: str) -> NoReturn:
    """Skip, saying what is missing. Where nothing may be skipped, ``tests.strict`` makes it a failure."""
    pytest.skip(f"missing: {what}")
