"""Public keys that others hand in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64encode

from broker.credentials.clients.public_keys import algorithm_of, checked_keys, key_named, read_keys
from broker.errors import Invalid


def public(key: Any, **more: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": "one", **more}


EC = ECKey.generate_key("P-256")
OKP = OKPKey.generate_key("Ed25519")
RSA = RSAKey.generate_key(2048)


@pytest.mark.parametrize(
    ("key", "alg"), [(EC, "ES256"), (OKP, "Ed25519"), (RSA, "RS256")], ids=["EC", "OKP", "RSA"]
)
def test_each_kind_of_key_signs_by_one_algorithm(key: Any, alg: str) -> None:
    """The key's kind decides, never a header; what else stood beside the key is left out."""
    kept = checked_keys({"keys": [public(key, x5u="https://evil.example", alg="HS256", key_ops=["sign"])]})
    assert not {"x5u", "alg", "key_ops"} & kept["keys"][0].keys()
    assert algorithm_of(key_named(kept, {"kid": "one"})) == alg


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [7],
        [{}],
        [public(EC, kid=7)],
        [public(EC, kid="")],
        [{name: value for name, value in public(EC).items() if name != "kid"}],
        [public(EC), public(OKP)],
        [{**EC.as_dict(private=True), "kid": "one"}],
        [{**OKP.as_dict(private=True), "kid": "one"}],
        [{**RSA.as_dict(private=True), "kid": "one"}],
        [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}],
        [public(ECKey.generate_key("P-384"))],
        [public(OKPKey.generate_key("X25519"))],
        [public(OKPKey.generate_key("Ed448"))],
        [public(EC, x="AAAA")],
        [public(EC, x=7)],
        [public(RSA, n="AQAB")],
        [public(OKP, x="!!")],
        [public(EC, kid=str(number)) for number in range(11)],
    ],
    ids=lambda keys: str(keys)[:50],
)
def test_what_is_no_strong_public_key_is_refused(keys: list[Any]) -> None:
    """A private key above all: whoever handed it in has to hear that it is burnt."""
    with pytest.raises(Invalid) as raised:
        checked_keys({"keys": keys})
    assert "d" not in raised.value.faults


def test_a_short_rsa_key_is_refused() -> None:
    short = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
    text = {
        name: urlsafe_b64encode(value.to_bytes(length, "big")).decode()
        for name, value, length in (("n", short.n, 128), ("e", short.e, 3))
    }
    with pytest.raises(Invalid, match="weak"):
        checked_keys({"keys": [{"kty": "RSA", "kid": "one", **text}]})


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '{"keys":{}}', "[" * 100_000])
def test_what_is_no_set_of_keys_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(Invalid, match="cannot be taken"):
        read_keys(text)


def test_a_header_names_the_key_or_there_is_only_one() -> None:
    one = checked_keys({"keys": [public(EC)]})
    two = checked_keys({"keys": [public(EC), public(OKP, kid="two")]})
    assert key_named(one, {}).key_type == "EC"
    assert key_named(two, {"kid": "two"}).key_type == "OKP"
    for jwks, header in (
        (two, {}),
        (two, {"kid": "x"}),
        (one, {"kid": None}),
        (one, {"kid": 7}),
        ({"keys": []}, {}),
    ):
        with pytest.raises(ValueError, match="no key"):
            key_named(jwks, header)


def test_keys_survive_being_kept() -> None:
    kept = checked_keys({"keys": [public(RSA)]})
    assert read_keys(json.dumps(kept)) == kept
