"""Whose signature is believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from joserfc.jwk import RSAKey

from broker.clock import SettableClock
from broker.identity.single_sign_on.provider.signed import read_signed
from broker.identity.single_sign_on.refused import ProviderSilent, SignOnRefused, Why
from tests.identity.single_sign_on.conftest import ISSUER, Published

TYPES = frozenset({"", "jwt"})
CLAIMS = {"sub": "doctor"}


def b64(part: object) -> str:
    plain = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def refused(published: Published, text: str) -> None:
    with pytest.raises(SignOnRefused) as caught:
        read_signed(published.provider, text, types=TYPES)
    assert caught.value.why is Why.FORGED


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519"])
def test_what_a_key_of_the_providers_signed_is_read(published: Published, alg: str) -> None:
    """With its name or without, by every kind of key a provider has."""
    assert read_signed(published.provider, published.sign(CLAIMS, alg), types=TYPES).claims == CLAIMS
    nameless = published.sign(CLAIMS, alg, kid=None)
    assert read_signed(published.provider, nameless, types=TYPES).claims == CLAIMS


def test_no_signature_is_none(published: Published) -> None:
    """Whatever ``alg`` calls it, and with whatever stands in the signature's place."""
    signature = published.sign(CLAIMS).rpartition(".")[2]
    for alg in ("none", "None", "NONE", "nOnE", "", None, 0, ["RS256"], {"RS256": 1}):
        header = b64({"alg": alg, "kid": "rsa"})
        for end in ("", signature, "AA"):
            refused(published, f"{header}.{b64(CLAIMS)}.{end}")


def test_a_public_key_is_no_shared_secret(published: Published) -> None:
    """HS256 keyed with what everybody can read, or with the client's secret, vouches for nobody."""
    public = published.keys["RS256"].as_pem(private=False)
    for secret in (public, b"a secret for tests only", b""):
        unsigned = f"{b64({'alg': 'HS256', 'kid': 'rsa'})}.{b64(CLAIMS)}"
        mac = hmac.digest(secret, unsigned.encode(), hashlib.sha256)
        refused(published, f"{unsigned}.{b64(mac)}")


def test_a_key_of_somebody_elses_is_not_taken(published: Published) -> None:
    """Though it goes by the same name, or comes along in the header."""
    mine = RSAKey.generate_key(2048, {"kid": "rsa"})
    refused(published, published.sign(CLAIMS, key=mine))
    refused(published, published.sign(CLAIMS, key=mine, jwk=mine.as_dict(private=False)))
    refused(published, published.sign(CLAIMS, key=mine, kid="../../etc/passwd"))
    refused(published, published.sign(CLAIMS, key=mine, jku=f"{ISSUER}/mine"))
    assert f"{ISSUER}/mine" not in published.calls


def test_a_key_is_used_for_what_it_is_meant_for(published: Published) -> None:
    """Not one for encryption, and not with another algorithm than it names."""
    key = RSAKey.generate_key(2048, {"kid": "rsa"})
    signed = published.sign(CLAIMS, key=key)
    for meant in ({"use": "enc"}, {"alg": "PS256"}, {"alg": "RSA-OAEP"}):
        published.keys["RS256"] = RSAKey.import_key({**key.as_dict(private=True), **meant})
        refused(published, signed)


def test_another_type_of_token_is_another_token(published: Published) -> None:
    """An access token of the same provider, signed by the same key, says nothing here."""
    for typ in ("at+jwt", "application/at+jwt", "logout+jwt", "dpop+jwt", 7):
        refused(
            published, published.sign(CLAIMS, typ=typ) if isinstance(typ, str) else _with_typ(published, typ)
        )


def test_headers_nobody_understands_are_refused(published: Published) -> None:
    """What is marked as critical, and payloads that are not what they look like."""
    for header in ({"crit": ["exp"], "exp": 1}, {"crit": ["b64"], "b64": False}, {"b64": False}):
        text = f"{b64({'alg': 'RS256', 'kid': 'rsa', **header})}.{b64(CLAIMS)}.{'A' * 342}"
        refused(published, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "é.b.c",
        "\0.b.c",
        "a b.c.d",
        "x" * 1_000_000,
        "{}",
        "null.null.null",
    ],
)
def test_what_is_no_token_is_refused(published: Published, text: str) -> None:
    """Truncated, a megabyte, or no ASCII: never an error, and nobody is asked for keys."""
    refused(published, text)


def test_a_token_that_was_touched_is_refused(published: Published) -> None:
    """Each letter counts: of the header, the claims and the signature; so does a payload that is no object."""
    good = published.sign(CLAIMS)
    for place in range(0, len(good), 7):
        letter = "A" if good[place] != "A" else "B"
        if good[place] != ".":
            touched = good[:place] + letter + good[place + 1 :]
            try:
                claims = read_signed(published.provider, touched, types=TYPES).claims
            except SignOnRefused:
                continue
            # The last letter of a signature has bits that mean nothing.
            assert claims == CLAIMS
            assert place > len(good) - 3
    refused(published, good[:-10])
    refused(published, good + "A" * 8)


def test_a_key_made_meanwhile_is_found_and_not_asked_for_again_and_again(
    published: Published, clock: SettableClock
) -> None:
    """The provider rotates its keys at any time; made-up names of keys are no way to make us call it."""
    provider = published.provider
    read_signed(provider, published.sign(CLAIMS), types=TYPES)
    published.keys["RS256"] = RSAKey.generate_key(2048, {"kid": "newer"})
    clock.advance(seconds=11)
    assert read_signed(provider, published.sign(CLAIMS), types=TYPES).claims == CLAIMS
    asked = len(published.calls)
    for number in range(50):
        with pytest.raises(SignOnRefused):
            read_signed(provider, published.sign(CLAIMS, key=_stranger(number)), types=TYPES)
    assert len(published.calls) == asked


def test_known_keys_outlive_a_provider_that_is_down_but_not_for_ever(
    published: Published, clock: SettableClock
) -> None:
    """It can still sign people out in the morning; after a day nobody knows whose keys those are."""
    provider = published.provider
    good = published.sign(CLAIMS)
    read_signed(provider, good, types=TYPES)
    published.down = True
    clock.advance(hours=23)
    assert read_signed(provider, good, types=TYPES).claims == CLAIMS
    clock.advance(hours=1)
    with pytest.raises(ProviderSilent):
        read_signed(provider, good, types=TYPES)


def _with_typ(published: Published, typ: object) -> str:
    return f"{b64({'alg': 'RS256', 'kid': 'rsa', 'typ': typ})}.{b64(CLAIMS)}.{'A' * 342}"


_STRANGER = RSAKey.generate_key(2048)


def _stranger(number: int) -> RSAKey:
    return RSAKey.import_key({**_STRANGER.as_dict(private=True), "kid": f"made-up-{number}"})
