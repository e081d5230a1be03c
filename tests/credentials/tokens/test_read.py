"""What is taken for a token of ours at all."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.claims import header_for
from broker.credentials.tokens.read import LONGEST_TOKEN, signed_claims
from broker.ledger.chain import Ledger
from tests.credentials.tokens.conftest import ISSUER
from tests.fakes.signing_keys import KeysInMemory


def made(keys: KeysInMemory, **claims: Any) -> str:
    key = keys.current()
    said = {"iss": ISSUER, "jti": "token_1", **claims}
    return jwt.encode(header_for(key), said, key, algorithms=[str(key.alg)])


def read(keys: object, text: str) -> object:
    return signed_claims(Mint(ISSUER, keys, Ledger()), text)  # type: ignore[arg-type]


def test_what_was_signed_is_what_is_read(keys: KeysInMemory) -> None:
    """Over or not: that is not asked here."""
    assert read(keys, made(keys, exp=1)) == {"iss": ISSUER, "jti": "token_1", "exp": 1}


def test_another_issuer_is_nobody(keys: KeysInMemory) -> None:
    """Two brokers may share a key by mistake, and still are two."""
    for issuer in ("https://other.example", ISSUER + "/", "", None, [ISSUER]):
        assert read(keys, made(keys, iss=issuer)) is None


def test_a_text_longer_than_any_token_is_not_even_decoded(keys: KeysInMemory) -> None:
    """Signed by us or not."""
    text = made(keys, pad="x" * LONGEST_TOKEN)
    assert len(text) > LONGEST_TOKEN
    assert read(keys, text) is None
    assert read(keys, made(keys, pad="x" * 5_000)) is not None


@pytest.mark.parametrize("sign", ["!", "é", "=", "==", "%", " ", "\n", "\r\n", "+", "/", "\0", "\u200b"])
def test_one_token_is_written_in_one_way(keys: KeysInMemory, sign: str) -> None:
    """Signs that a decoder would skip make it another text, wherever they stand."""
    head, body, signature = made(keys).split(".")
    for text in (
        f"{head}.{body}.{signature}{sign}",
        f"{head}.{body}.{sign}{signature}",
        f"{head}.{body}.{signature[:9]}{sign}{signature[9:]}",
        f"{sign}{head}.{body}.{signature}",
    ):
        assert read(keys, text) is None


def test_a_payload_that_is_no_object_is_no_token(keys: KeysInMemory) -> None:
    """Signed all the same, as anything can be by whoever has the key."""
    from joserfc import jws

    key = keys.current()
    for payload in (b"[]", b"7", b"null", b'"text"', b"", b"\xff", b"{", b"[" * 2000):
        text = jws.serialize_compact(header_for(key), payload, key, algorithms=["ES256"])
        assert read(keys, text) is None


def test_a_key_of_a_kind_that_signs_no_tokens_is_not_believed() -> None:
    """Although it is published by mistake, and the header names it rightly."""
    for key, alg in ((OctKey.generate_key(256), "HS256"), (ECKey.generate_key("P-384"), "ES384")):
        known = key.import_key({**key.as_dict(private=True), "kid": "known", "alg": alg})

        class Published:
            def __init__(self, one: Any) -> None:
                self.one = one

            def published(self) -> KeySet:
                return KeySet([self.one])

        text = jwt.encode(header_for(known), {"iss": ISSUER, "jti": "token_1"}, known, algorithms=[alg])
        assert read(Published(known), text) is None
