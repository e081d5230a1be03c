"""The tokens and proofs that Python and PHP share, read by Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker.clock import SettableClock
from broker.verify import Access, TokenRefused, TokenVerifier
from tests.vectors import make_token_vectors

FILE = Path(__file__).parents[1] / "vectors/tokens.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))


def _verifier() -> TokenVerifier:
    clock = SettableClock(datetime.fromtimestamp(VECTORS["now"], UTC))
    return TokenVerifier(VECTORS["issuer"], VECTORS["audience"], jwks=VECTORS["jwks"], clock=clock)


def _check(verifier: TokenVerifier, case: dict[str, Any]) -> Access:
    stretched = case["authorization"] + "A" * case.get("stretch", 0)
    request = {"method": VECTORS["method"], "url": VECTORS["url"], "dpop_proofs": case["proofs"]}
    return verifier.check(stretched, **request)


def _verdict(case: dict[str, Any]) -> str:
    verifier = _verifier()
    try:
        if case.get("twice"):
            _check(verifier, case)
        _check(verifier, case)
    except TokenRefused as refused:
        return refused.why
    return "ok"


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in VECTORS["tokens"]])
def test_token(case: dict[str, Any]) -> None:
    """A token is accepted, or refused for the reason the vector names."""
    assert _verdict(case) == case["expect"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in VECTORS["proofs"]])
def test_proof(case: dict[str, Any]) -> None:
    """A bound token opens with a proof by its key for this very request, and with nothing else."""
    assert _verdict(case) == case["expect"]


@pytest.mark.parametrize("asked", VECTORS["allowed"], ids=lambda asked: "-".join(map(str, asked.values())))
def test_allowed(asked: dict[str, Any]) -> None:
    """One permission must cover patient, kind of data and action together."""
    access = _check(_verifier(), VECTORS["tokens"][0])
    wanted = {name: asked[name] for name in ("patient", "datatype", "action")}
    assert access.allows(**wanted) is asked["allowed"]


@pytest.mark.parametrize("name", ["elsewhere", "another_kind"])
def test_details_for_somebody_else_open_nothing(name: str) -> None:
    """Details of another type or for another place are passed over."""
    access = _check(_verifier(), {"authorization": f"Bearer {VECTORS[name]}", "proofs": []})
    assert access.permissions == ()
    assert not access.allows(patient="P-1001", datatype="medications", action="read")


def test_vectors_are_what_the_maker_makes() -> None:
    """The committed vectors are exactly what their maker writes today."""
    assert FILE.read_text(encoding="utf-8") == make_token_vectors.text()
