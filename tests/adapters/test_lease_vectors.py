"""The vectors that Python and PHP share, read by Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.adapters.jws import DocumentRefused
from broker.adapters.pairing import read_pairing
from broker.adapters.verify import verify_call, verify_lease, verify_revocation
from broker.adapters.wordpress.scope import check_scope, forbidden
from tests.vectors import make_lease_vectors

FOLDER = Path(__file__).parents[1] / "vectors"
VECTORS = json.loads((FOLDER / "leases.json").read_text(encoding="utf-8"))
NEVER = json.loads((FOLDER / "never_grant.json").read_text(encoding="utf-8"))
PAIRING = read_pairing(VECTORS["pairing"])
NOW = datetime.fromtimestamp(VECTORS["now"], UTC)


def _cases(cases: list[dict[str, str]]) -> list[object]:
    return [pytest.param(case["jws"], case["expect"], id=case["name"]) for case in cases]


@pytest.mark.parametrize(("jws", "expect"), _cases(VECTORS["leases"]))
def test_lease(jws: str, expect: str) -> None:
    """A lease is accepted, or refused for the reason the vector names."""
    assert _verdict(lambda: check_scope(verify_lease(jws, PAIRING, NOW).scope)) == expect


@pytest.mark.parametrize(("jws", "expect"), _cases(VECTORS["revocations"]))
def test_revocation(jws: str, expect: str) -> None:
    """A revocation is accepted, or refused for the reason the vector names."""
    assert _verdict(lambda: verify_revocation(jws, PAIRING)) == expect


@pytest.mark.parametrize(("jws", "expect"), _cases(VECTORS["calls"]["cases"]))
def test_call(jws: str, expect: str) -> None:
    """A call envelope fits one route, one body and one minute."""
    calls = VECTORS["calls"]
    assert _verdict(lambda: verify_call(jws, PAIRING, calls["route"], calls["body"].encode(), NOW)) == expect


@pytest.mark.parametrize("capability", NEVER["forbidden"])
def test_never_granted(capability: str) -> None:
    """People, code, settings, networks and whole roles are never granted."""
    assert forbidden(capability)


@pytest.mark.parametrize("capability", NEVER["allowed"])
def test_may_be_granted(capability: str) -> None:
    """Ordinary capabilities are left to the policy."""
    assert not forbidden(capability)


def test_vectors_are_what_the_signer_makes() -> None:
    """The committed vectors are exactly what today's signer writes."""
    assert (FOLDER / "leases.json").read_text(encoding="utf-8") == make_lease_vectors.text()


def _verdict(read: object) -> str:
    try:
        read()  # type: ignore[operator]
    except DocumentRefused as refusal:
        return refusal.reason
    return "ok"
