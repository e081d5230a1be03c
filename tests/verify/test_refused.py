"""What a caller hears: the right status, a challenge that names the scheme, and nothing about a patient."""

from __future__ import annotations

from typing import Any

import pytest

from broker.clock import SettableClock
from broker.verify import ReplaysInMemory, TokenRefused, TokenVerifier
from broker.verify.dpop import DpopRefused, check_proof
from tests.fakes.holder import Holder


def _refusal(vectors: dict[str, Any], now: SettableClock, name: str, **terms: Any) -> TokenRefused:
    case = next(each for each in [*vectors["tokens"], *vectors["proofs"]] if each["name"] == name)
    verifier = TokenVerifier(vectors["issuer"], vectors["audience"], jwks=vectors["jwks"], clock=now, **terms)
    with pytest.raises(TokenRefused) as raised:
        verifier.check(case["authorization"], method="GET", url=vectors["url"], dpop_proofs=case["proofs"])
    return raised.value


def test_no_token_names_no_error(vectors: dict[str, Any], now: SettableClock) -> None:
    """Whoever sends none hears which ways there are, and no error code (RFC 6750, section 3.1)."""
    refused = _refusal(vectors, now, "nothing")
    assert refused.status == 401
    assert refused.www_authenticate == 'DPoP algs="RS256 ES256 Ed25519", Bearer'


def test_a_bad_token_is_challenged_by_its_own_scheme(vectors: dict[str, Any], now: SettableClock) -> None:
    """Code and sentence stand in the challenge."""
    refused = _refusal(vectors, now, "expired by one second")
    assert (refused.status, refused.code) == (401, "invalid_token")
    assert refused.www_authenticate == (
        'Bearer error="invalid_token", error_description="The access token is refused: expired."'
    )


def test_a_bad_proof_says_so(vectors: dict[str, Any], now: SettableClock) -> None:
    """The code of RFC 9449, with the algorithms a proof may use."""
    refused = _refusal(vectors, now, "stolen: without a proof")
    assert (refused.status, refused.code) == (401, "invalid_dpop_proof")
    assert refused.www_authenticate == (
        'DPoP algs="RS256 ES256 Ed25519", error="invalid_dpop_proof", '
        'error_description="The access token is refused: no proof."'
    )


def test_a_header_nobody_can_read_is_a_bad_request(vectors: dict[str, Any], now: SettableClock) -> None:
    """400, not 401: another token would not help."""
    assert _refusal(vectors, now, "two tokens").status == 400


def test_not_allowed_is_403(vectors: dict[str, Any], now: SettableClock) -> None:
    """A good token for something else: insufficient_scope, and the patient is not named."""
    verifier = TokenVerifier(vectors["issuer"], vectors["audience"], jwks=vectors["jwks"], clock=now)
    access = verifier.check(vectors["tokens"][0]["authorization"], method="GET", url=vectors["url"])
    assert access.require(patient="P-1001", datatype="medications", action="read").purpose == "ETREAT"
    with pytest.raises(TokenRefused) as raised:
        access.require(patient="P-4711", datatype="medications", action="read")
    assert (raised.value.status, raised.value.code) == (403, "insufficient_scope")
    assert raised.value.www_authenticate == (
        'Bearer error="insufficient_scope", error_description="The access token is refused: not allowed."'
    )


def test_not_allowed_names_the_scheme_that_was_used(vectors: dict[str, Any], now: SettableClock) -> None:
    """A bound token's holder is answered by DPoP."""
    case = vectors["proofs"][0]
    verifier = TokenVerifier(vectors["issuer"], vectors["audience"], jwks=vectors["jwks"], clock=now)
    access = verifier.check(
        case["authorization"], method="GET", url=vectors["url"], dpop_proofs=case["proofs"]
    )
    with pytest.raises(TokenRefused) as raised:
        access.require(patient="P-1001", datatype="medications", action="write")
    assert raised.value.www_authenticate.startswith('DPoP algs="RS256 ES256 Ed25519", error="insufficient_')


def test_bearer_tokens_can_be_turned_away(vectors: dict[str, Any], now: SettableClock) -> None:
    """A server that wants bound tokens accepts no other."""
    assert _refusal(vectors, now, "valid, Ed25519", dpop_required=True).why == "wrong_scheme"


def test_a_full_memory_lets_nobody_in(now: SettableClock) -> None:
    """Forgetting a proof early would let it in twice; when the oldest are over there is room again."""
    replays, url = ReplaysInMemory(most=2), "https://portal.example/api"
    proofs = [
        check_proof(Holder().proof("GET", url, now.now()), method="GET", url=url, now=now.now())
        for _ in range(3)
    ]
    assert [replays.first_time(each, now.now()) for each in (*proofs[:2], proofs[0])] == [True, True, False]
    with pytest.raises(TokenRefused) as raised:
        replays.first_time(proofs[2], now.now())
    assert (raised.value.why, raised.value.status) == ("too_many_proofs", 503)
    now.advance(seconds=180)
    assert replays.first_time(proofs[2], now.now())


def test_a_refused_proof_says_why_in_a_sentence(now: SettableClock) -> None:
    """For whoever writes the software that made it."""
    with pytest.raises(DpopRefused, match=r"^The proof of possession is refused: too large\.$"):
        check_proof("A" * 8193, method="GET", url="https://portal.example", now=now.now())
