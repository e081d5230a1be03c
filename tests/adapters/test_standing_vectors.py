"""The vectors of containment, protection and marks that Python and PHP share, read by Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from broker.adapters.jws import DocumentRefused
from broker.adapters.pairing import read_pairing
from broker.adapters.verify import verify_call, verify_containment, verify_protection
from tests.vectors import make_standing_vectors

VECTORS = json.loads(make_standing_vectors.FILE.read_text(encoding="utf-8"))
PAIRING = read_pairing(VECTORS["pairing"])
NOW = datetime.fromtimestamp(VECTORS["now"], UTC)
CALLS = VECTORS["calls"]


def _cases(cases: list[dict[str, str]]) -> list[object]:
    return [pytest.param(case["jws"], case["expect"], id=case["name"]) for case in cases]


@pytest.mark.parametrize(("jws", "expect"), _cases(VECTORS["containments"]))
def test_containment(jws: str, expect: str) -> None:
    """An order is accepted, or refused for the reason the vector names."""
    assert _verdict(lambda: verify_containment(jws, PAIRING)) == expect


@pytest.mark.parametrize(("jws", "expect"), _cases(VECTORS["protections"]))
def test_protection(jws: str, expect: str) -> None:
    """A standing rule is accepted, or refused for the reason the vector names."""
    assert _verdict(lambda: verify_protection(jws, PAIRING)) == expect


@pytest.mark.parametrize(("jws", "expect"), _cases(CALLS["cases"]))
def test_mark(jws: str, expect: str) -> None:
    """A call without a sound mark is none."""
    assert _verdict(lambda: verify_call(jws, PAIRING, CALLS["route"], CALLS["body"].encode(), NOW)) == expect


def test_mark_is_read() -> None:
    """The mark is the highest version the broker says it has reserved."""
    call = verify_call(CALLS["cases"][0]["jws"], PAIRING, CALLS["route"], CALLS["body"].encode(), NOW)
    assert call.mark == CALLS["mark"]


def test_vectors_are_what_the_signer_makes() -> None:
    """The committed vectors are exactly what today's signer writes."""
    assert make_standing_vectors.FILE.read_text(encoding="utf-8") == make_standing_vectors.text()


def _verdict(read: Callable[[], object]) -> str:
    try:
        read()
    except DocumentRefused as refusal:
        return refusal.reason
    return "ok"
