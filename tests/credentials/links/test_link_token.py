"""A link's signature is HMAC-SHA-256 under the newest key, whatever the library's own default is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from itsdangerous import URLSafeSerializer

from broker.credentials.links.link_token import LONGEST_TOKEN, LinkClaims, LinkSigner

OLD_KEY, NEW_KEY = b"o" * 32, b"n" * 32
SALT = "broker.credentials.link"
CLAIMS = LinkClaims("link_1", "grant_1", "person_1", "rec_1", 1_772_366_400)
VALUES = ["link_1", "grant_1", "person_1", "rec_1", 1_772_366_400]


@pytest.fixture
def signer() -> LinkSigner:
    return LinkSigner([OLD_KEY, NEW_KEY])


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signature(key: bytes, payload: str) -> str:
    derived = hmac.digest(key, SALT.encode(), hashlib.sha256)
    return _b64(hmac.digest(derived, payload.encode(), hashlib.sha256))


def test_the_signature_is_hmac_sha256(signer: LinkSigner) -> None:
    """Worked out by hand from the newest key: 256 bits, and no SHA-1 anywhere."""
    payload, _, signature = signer.sign(CLAIMS).rpartition(".")
    assert signature == _signature(NEW_KEY, payload)


@pytest.mark.parametrize("digest", [hashlib.sha1, hashlib.md5, hashlib.sha512, None])
def test_another_digest_is_refused(signer: LinkSigner, digest: object) -> None:
    """What the library signs by default, or by any other digest, with our very key, opens nothing."""
    terms = {"key_derivation": "hmac"} | ({"digest_method": digest} if digest else {})
    theirs = URLSafeSerializer(NEW_KEY, salt=SALT, signer_kwargs=terms).dumps(VALUES)
    assert signer.read(str(theirs)) is None


@pytest.mark.parametrize("key", [OLD_KEY, NEW_KEY])
def test_every_key_it_has_counts(signer: LinkSigner, key: bytes) -> None:
    """A link signed before a rotation still opens."""
    payload = _b64(json.dumps(VALUES).encode())
    assert signer.read(f"{payload}.{_signature(key, payload)}") == CLAIMS


def test_a_key_that_went_opens_nothing() -> None:
    """Once the old key is gone its links are dead, and the newest key is the last of the list."""
    made = LinkSigner([OLD_KEY]).sign(CLAIMS)
    assert LinkSigner([NEW_KEY]).read(made) is None
    assert LinkSigner([OLD_KEY]).read(LinkSigner([OLD_KEY, NEW_KEY]).sign(CLAIMS)) is None


@pytest.mark.parametrize("salt", ["itsdangerous", "", "broker.credentials.viewing"])
def test_a_signature_for_another_use_is_refused(signer: LinkSigner, salt: str) -> None:
    """The key may sign other things some day; none of them is a link."""
    terms = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    theirs = URLSafeSerializer(NEW_KEY, salt=salt, signer_kwargs=terms).dumps(VALUES)
    assert signer.read(str(theirs)) is None


@pytest.mark.parametrize(
    "text", ["", ".", "..", "x.y", "\u00e9.\u00e9", "A" * (LONGEST_TOKEN + 1), "." + "A" * 43, "\n"]
)
def test_anything_else_is_no_link(signer: LinkSigner, text: str) -> None:
    """None, and never a fault."""
    assert signer.read(text) is None


@pytest.mark.parametrize("values", [[], VALUES[:4], [*VALUES, "x"], {"a": 1}, 7, None])
def test_signed_but_no_link(signer: LinkSigner, values: object) -> None:
    """Even under our own key, what does not say exactly five things is refused."""
    payload = _b64(json.dumps(values).encode())
    assert signer.read(f"{payload}.{_signature(NEW_KEY, payload)}") is None


def test_no_patient_is_in_it(signer: LinkSigner) -> None:
    """Whoever reads a link reads ids of this broker and an end, nothing else."""
    payload = signer.sign(CLAIMS).rpartition(".")[0]
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert said == VALUES
