"""Whatever is sent, the answer is access or a refusal, never a fault."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.clock import SettableClock
from broker.verify import Access, TokenRefused, TokenVerifier
from tests.vectors import sample_token as made
from tests.vectors.proof_cases import proof_head
from tests.vectors.token_signer import b64

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/tokens.json").read_text(encoding="utf-8"))
VALID = VECTORS["tokens"][0]["authorization"]
BOUND, PROOF = VECTORS["proofs"][0]["authorization"], VECTORS["proofs"][0]["proofs"][0]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = st.sampled_from([*made.CLAIMS, "nbf", "scope", "act", "cnf"])
PROVED = st.sampled_from(["jti", "htm", "htu", "iat", "ath", "nonce"])


@pytest.fixture(scope="module")
def verifier() -> TokenVerifier:
    clock = SettableClock(datetime.fromtimestamp(VECTORS["now"], UTC))
    return TokenVerifier(VECTORS["issuer"], VECTORS["audience"], jwks=VECTORS["jwks"], clock=clock)


def _opens(verifier: TokenVerifier, authorization: str, *proofs: str, url: str = made.URL) -> Access | None:
    try:
        return verifier.check(authorization, method="GET", url=url, dpop_proofs=proofs)
    except TokenRefused as refused:
        if refused.status not in {400, 401}:
            raise
        return None


@given(text=st.text())
def test_any_text(verifier: TokenVerifier, text: str) -> None:
    """As a whole header, as a token, and as each part of one."""
    assert _opens(verifier, text) is None
    for word in ("Bearer", "DPoP"):
        assert _opens(verifier, f"{word} {text}") is None
        for index in range(3):
            parts = VALID.removeprefix("Bearer ").split(".")
            parts[index] = text
            assert _opens(verifier, f"{word} {'.'.join(parts)}") is None


@given(position=st.integers(0, len(VALID) - 1), character=st.characters(codec="ascii"))
def test_any_change_of_one_character(verifier: TokenVerifier, position: int, character: str) -> None:
    """A token is its very text: nothing else than it opens, but for the case of the word before it."""
    changed = VALID[:position] + character + VALID[position + 1 :]
    same = changed.partition(" ")[0].lower() == "bearer" and changed.endswith(VALID[6:])
    assert (_opens(verifier, changed) is not None) is same


@given(header=JSON, claims=JSON)
def test_any_json_signed_by_us(verifier: TokenVerifier, header: Any, claims: Any) -> None:
    """Even what the broker's own key signed is refused when it is not a token."""
    assert _opens(verifier, f"Bearer {_signed(made.OKP, made.head(), claims)}") is None
    assert _opens(verifier, f"Bearer {_signed(made.OKP, header, made.CLAIMS)}") is None


@given(name=CLAIMS, value=JSON)
def test_any_value_of_a_claim(verifier: TokenVerifier, name: str, value: Any) -> None:
    """Whatever one claim holds, nothing is opened that the token does not name."""
    access = _opens(verifier, f"Bearer {_signed(made.OKP, made.head(), {**made.CLAIMS, name: value})}")
    if access is not None:
        assert not access.allows(patient="P-1003", datatype="medications", action="read")


@given(name=PROVED, value=JSON)
def test_any_value_in_a_proof(verifier: TokenVerifier, name: str, value: Any) -> None:
    """Method, address, time and token are each as they must be."""
    said = {"jti": "a", "htm": "POST", "htu": made.URL, "iat": made.NOW}
    text = _signed(made.HOLDER, proof_head(), {**said, name: value})
    assert _opens(verifier, BOUND, text) is None


@given(
    jwk=JSON
    | st.fixed_dictionaries(
        {"kty": st.sampled_from(["EC", "RSA", "OKP", "oct"])},
        optional=dict.fromkeys(["crv", "x", "y", "n", "e"], JSON),
    )
)
def test_any_key_in_a_proof(verifier: TokenVerifier, jwk: Any) -> None:
    """What a stranger calls a key is refused before anything is done with it."""
    assert _opens(verifier, BOUND, _signed(made.HOLDER, {**proof_head(), "jwk": jwk}, {})) is None


@given(url=st.text())
def test_any_address(verifier: TokenVerifier, url: str) -> None:
    """A proof fits no address but the one it names."""
    if url.partition("?")[0].partition("#")[0] != made.URL:
        assert _opens(verifier, BOUND, PROOF, url=url) is None


def _signed(by: Any, header: Any, claims: Any) -> str:
    text = ".".join(b64(json.dumps(each).encode("utf-8", "surrogatepass")) for each in (header, claims))
    return f"{text}.{b64(by.signature(text.encode()))}"
