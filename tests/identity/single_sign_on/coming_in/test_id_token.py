"""Whether an ID token is about this very sign-in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from broker.clock import SettableClock
from broker.identity.single_sign_on.coming_in.attempt import new_attempt
from broker.identity.single_sign_on.coming_in.id_token import Vouched, check_id_token
from broker.identity.single_sign_on.coming_in.redeem import Redeemed
from broker.identity.single_sign_on.refused import SignOnRefused, Why
from tests.identity.single_sign_on.conftest import CLIENT, ISSUER, Published

Seconds = Callable[[int], int]
ATTEMPT = new_attempt("/")
ACCESS = "an access token"


@pytest.fixture
def good(seconds: Seconds) -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "sub": "doctor",
        "aud": CLIENT,
        "iat": seconds(-5),
        "exp": seconds(300),
        "nonce": ATTEMPT.nonce,
        "auth_time": seconds(-60),
        "acr": "urn:clinic:mfa",
        "amr": ["pwd", "otp"],
        "sid": "s1",
    }


def read(published: Published, claims: dict[str, Any], alg: str = "RS256") -> Vouched:
    redeemed = Redeemed(published.sign(claims, alg), ACCESS)
    return check_id_token(published.provider, redeemed, ATTEMPT, published.clock.now())


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in claims.items() if each != name}


def test_a_token_that_fits_is_taken(published: Published, good: dict[str, Any]) -> None:
    """With all it says of the sign-in."""
    vouched = read(published, good)
    assert (vouched.subject, vouched.sid, vouched.acr, vouched.amr) == (
        "doctor",
        "s1",
        "urn:clinic:mfa",
        ("pwd", "otp"),
    )


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "iat", "exp", "nonce"])
def test_each_claim_is_needed(published: Published, good: dict[str, Any], name: str) -> None:
    """A token that does not say it is none."""
    with pytest.raises(SignOnRefused) as caught:
        read(published, without(good, name))
    assert caught.value.why is Why.FORGED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", f"{ISSUER}/"),
        ("iss", "https://evil.example"),
        ("iss", [ISSUER]),
        ("aud", "another client"),
        ("aud", []),
        ("aud", [CLIENT, "another client"]),
        ("aud", {"broker": 1}),
        ("azp", "another client"),
        ("azp", ""),
        ("azp", [CLIENT]),
        ("nonce", "another"),
        ("nonce", None),
        ("nonce", ["x"]),
        ("sub", ""),
        ("sub", 7),
        ("sub", "x" * 256),
        ("sub", "a\nb"),
        ("exp", "soon"),
        ("exp", True),
        ("exp", 1e300),
        ("exp", float("inf")),
        ("iat", None),
        ("auth_time", "yesterday"),
        ("auth_time", -1e300),
        ("amr", "otp"),
        ("amr", [1]),
        ("acr", 2),
        ("sid", {}),
    ],
)
def test_another_value_is_refused(
    published: Published, good: dict[str, Any], name: str, value: object
) -> None:
    """Another's token, or nonsense: the same refusal, never an error."""
    with pytest.raises(SignOnRefused) as caught:
        read(published, {**good, name: value})
    assert caught.value.why is Why.FORGED


@pytest.mark.parametrize(
    ("name", "offset"), [("exp", 0), ("exp", -1), ("iat", 61), ("iat", -601), ("auth_time", 61)]
)
def test_time_is_kept(
    published: Published, good: dict[str, Any], seconds: Seconds, name: str, offset: int
) -> None:
    """No second is given to the end; a clock may run a minute ahead at the beginning."""
    with pytest.raises(SignOnRefused):
        read(published, {**good, name: seconds(offset)})


def test_several_audiences_need_the_party_it_was_made_for(published: Published, good: dict[str, Any]) -> None:
    """``azp`` names the broker, and nobody else."""
    assert read(published, {**good, "aud": [CLIENT, "another"], "azp": CLIENT})
    with pytest.raises(SignOnRefused):
        read(published, {**good, "aud": [CLIENT, "another"], "azp": "another"})


@pytest.mark.parametrize(("alg", "digest"), [("RS256", hashlib.sha256), ("Ed25519", hashlib.sha512)])
def test_the_access_token_belongs_to_it(
    published: Published, good: dict[str, Any], alg: str, digest: Any
) -> None:
    """Where the provider says which one: another's would bring another's groups."""
    whole = digest(ACCESS.encode()).digest()
    half = base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
    assert read(published, {**good, "at_hash": half}, alg)
    for wrong in (half[:-1], "", 7, half + "="):
        with pytest.raises(SignOnRefused):
            read(published, {**good, "at_hash": wrong}, alg)


def test_it_lives_no_longer_because_the_clock_was_set_back(
    published: Published, good: dict[str, Any], clock: SettableClock
) -> None:
    """What was over stays over."""
    token = Redeemed(published.sign(good), ACCESS)
    provider = published.provider
    clock.advance(seconds=301)
    clock.advance(seconds=-200)
    with pytest.raises(SignOnRefused):
        check_id_token(provider, token, ATTEMPT, clock.now())
