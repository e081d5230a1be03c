"""Compact JWS as this product uses it: one algorithm, three headers, no latitude.

The companions on the sites implement the same few rules; ``tests/vectors``
holds both to them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"
LIMIT = 8192
"""No document is longer than this many bytes."""


class DocumentRefused(ValueError):
    """``reason`` is the machine-readable word a site would answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the document is refused: {reason}")
        self.reason = reason


def encode_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Refuses padding, foreign characters and non-canonical endings, so that one document has one spelling."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise DocumentRefused("malformed") from None
    if encode_base64url(raw) != text:
        raise DocumentRefused("malformed")
    return raw


def thumbprint(x: str) -> str:
    """RFC 7638 thumbprint of the Ed25519 public key whose ``x`` is given."""
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
    return encode_base64url(hashlib.sha256(canonical.encode()).digest())


def seal(claims: Mapping[str, Any], typ: str, key: OKPKey) -> str:
    """Sign ``claims`` as a compact JWS of type ``typ``."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": typ}
    payload = json.dumps(claims, separators=(",", ":"), sort_keys=True).encode()
    sealed = jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])
    if len(sealed) > LIMIT:
        raise DocumentRefused("too_large")
    return sealed


def open_sealed(text: str, typ: str, keys: Mapping[str, OKPKey]) -> dict[str, Any]:
    """The claims of a JWS signed by one of ``keys`` (by kid), or :class:`DocumentRefused`."""
    if len(text) > LIMIT:
        raise DocumentRefused("too_large")
    parts = text.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        raise DocumentRefused("malformed")
    key = keys.get(_kid(parts[0], typ))
    if key is None:
        raise DocumentRefused("unknown_key")
    for part in parts[1:]:
        decode_base64url(part)
    try:
        opened = jws.deserialize_compact(text, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        raise DocumentRefused("bad_signature") from None
    return _object(opened.payload)


def _kid(segment: str, typ: str) -> str:
    header = _object(decode_base64url(segment))
    if header.get("alg") != ALGORITHM:
        raise DocumentRefused("wrong_algorithm")
    if header.get("typ") != typ:
        raise DocumentRefused("wrong_type")
    if set(header) != {"alg", "kid", "typ"} or not isinstance(header["kid"], str):
        raise DocumentRefused("malformed")
    return header["kid"]


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw.decode())
        # What strict UTF-8 JSON cannot say (NaN, half a surrogate pair) a site would not read either.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise DocumentRefused("malformed") from None
    if not isinstance(value, dict):
        raise DocumentRefused("malformed")
    return value
