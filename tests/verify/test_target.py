"""Two addresses name one target when scheme, host, port and path are alike."""

from __future__ import annotations

import pytest

from broker.verify.target import same_target
from tests.vectors.target_cases import ALIKE, DIFFERENT, NONE


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one: str, other: str) -> None:
    """However they are written."""
    assert same_target(one, other)
    assert same_target(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    """One letter makes another target."""
    assert not same_target(one, other)
    assert not same_target(other, one)


@pytest.mark.parametrize("url", NONE)
def test_no_address_at_all(url: str) -> None:
    """Is not even like itself."""
    assert not same_target(url, url)
