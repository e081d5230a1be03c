"""What the library under the checks would do by itself, and what is done all the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws, jwt
from joserfc.errors import ExceededSizeError, UnsupportedAlgorithmError
from joserfc.jwk import JWKRegistry

from broker.clock import SettableClock
from broker.verify import TokenVerifier
from broker.verify.dpop import check_proof
from tests.fakes.holder import Holder
from tests.vectors.sample_token import OKP
from tests.vectors.token_signer import Signer, number

URL = "https://broker.example/oauth/token"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _token(vectors: dict[str, Any], name: str) -> tuple[str, Any]:
    text = next(each["authorization"] for each in vectors["tokens"] if each["name"] == name)
    return text.removeprefix("Bearer "), JWKRegistry.import_key(OKP.published)


def test_ed25519_must_be_named(vectors: dict[str, Any], now: SettableClock) -> None:
    """The library refuses it unless it is named; the verifier accepts such tokens."""
    text, key = _token(vectors, "valid, Ed25519")
    with pytest.raises(UnsupportedAlgorithmError):
        jws.deserialize_compact(text, key)
    verifier = TokenVerifier(vectors["issuer"], vectors["audience"], jwks=vectors["jwks"], clock=now)
    assert verifier.check(f"Bearer {text}", method="GET", url=URL)


def test_claims_are_checked_apart(vectors: dict[str, Any]) -> None:
    """Decoding alone takes an expired token for another audience; the shared tokens show that we do not."""
    for name in ("expired by one second", "wrong audience"):
        text, key = _token(vectors, name)
        assert jwt.decode(text, key, algorithms=["Ed25519"]).claims["sub"] == "person_0001"


def test_a_proof_may_carry_a_large_key() -> None:
    """The library reads no header beyond 512 bytes, and one with an RSA key of 4096 bits is twice that."""
    numbers = (key := rsa.generate_private_key(65537, 4096)).public_key().public_numbers()
    holder = Holder(Signer("RS256", {"kty": "RSA", "n": number(numbers.n), "e": "AQAB"}, key, {}))
    proof = holder.proof("POST", URL, NOON)
    with pytest.raises(ExceededSizeError):
        jws.deserialize_compact(proof, JWKRegistry.import_key(holder.key.jwk), algorithms=["RS256"])
    assert check_proof(proof, method="POST", url=URL, now=NOON).jkt == holder.jkt
