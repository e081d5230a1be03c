"""Compact JWS read without latitude: one spelling, no member twice, no critical extensions, a bounded size."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

ALGORITHMS = {"RS256": ("RSA", ""), "ES256": ("EC", "P-256"), "Ed25519": ("OKP", "Ed25519")}
"""The signatures accepted, each with the key type and the curve it goes with."""

LONGEST = 8192
"""Bytes; what a header of an HTTP request carries anywhere."""

# The library reads no header beyond 512 bytes, too few for a proof that carries an RSA key;
# so the text is taken apart here, and only its signature is the library's to judge.
_SIGNATURES = JWSRegistry(algorithms=list(ALGORITHMS))
_SAFE_INTEGER = 2**53
_PARTS = 3


class Unreadable(ValueError):
    """``why`` is one machine-readable word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Compact:
    """Its signature is not checked until :meth:`check_signature` was called."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signature: bytes

    @property
    def algorithm(self) -> str:
        return str(self.header["alg"])

    def check_signature(self, key: Key) -> None:
        """Unreadable unless ``key`` signed it with the algorithm the header names."""
        if (key.key_type, str(key.get("crv", ""))) != ALGORITHMS[self.algorithm]:
            raise Unreadable("wrong_algorithm")
        signed = self.text.rpartition(".")[0].encode()
        if not _SIGNATURES.get_alg(self.algorithm).verify(signed, self.signature, key):
            raise Unreadable("bad_signature")


def read_compact(text: str, typ: str) -> Compact:
    """Header and claims of a JWS of media type ``typ``; raises :class:`Unreadable`."""
    if len(text) > LONGEST:
        raise Unreadable("too_large")
    parts = text.split(".")
    if len(parts) != _PARTS:
        raise Unreadable("malformed")
    header, claims, signature = _object(parts[0]), _object(parts[1]), _decoded(parts[2])
    if str(header.get("alg")) not in ALGORITHMS:
        raise Unreadable("wrong_algorithm")
    if str(header.get("typ")).lower().removeprefix("application/") != typ:
        raise Unreadable("wrong_type")
    # An extension one does not know, b64 among them, changes what the rest means.
    if {"crit", "b64"} & set(header):
        raise Unreadable("critical_header")
    return Compact(text, header, claims, signature)


def whole_number(claims: Mapping[str, Any], name: str) -> int:
    """A claim that counts seconds. Unreadable when it is anything but a whole number from 0 to 2**53."""
    value = claims.get(name)
    if type(value) is not int or not 0 <= value < _SAFE_INTEGER:
        raise Unreadable("bad_claims")
    return value


def text_claim(claims: Mapping[str, Any], name: str, longest: int) -> str:
    """Unreadable unless it is a text of 1 to ``longest`` characters."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise Unreadable("bad_claims")
    return value


def _object(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(_decoded(segment), object_pairs_hook=_no_member_twice, parse_constant=_no_constant)
        # Half a surrogate pair is JSON to this parser and to no other.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unreadable("malformed") from None
    if not isinstance(value, dict):
        raise Unreadable("malformed")
    return value


def _decoded(segment: str) -> bytes:
    """Refuses padding, foreign characters and non-canonical endings, so that one token has one spelling."""
    try:
        raw = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("malformed") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != segment:
        raise Unreadable("malformed")
    return raw


def _no_member_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _no_constant(name: str) -> Never:
    raise ValueError(name)
