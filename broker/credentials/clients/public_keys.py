"""Public keys that others hand in to be recognised by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from broker.errors import Invalid

ALGORITHM_BY_KIND = MappingProxyType({"RSA": "RS256", "EC": "ES256", "OKP": "Ed25519"})
"""What others may sign with: the kind of the key decides, never the token. Nothing with a shared secret, never "none"."""

MOST_KEYS = 10
# Bits. A longer one costs whoever checks more than it brings.
SHORTEST_RSA, LONGEST_RSA = 2048, 8192
_PUBLIC_MEMBERS = {
    "RSA": ("n", "e"),
    "EC": ("crv", "x", "y"),
    "OKP": ("crv", "x"),
}
_KINDS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_HELP = "Hand in a JWK Set (RFC 7517) of public keys, each with a kid: RSA of 2048 bits or more, EC P-256 or Ed25519."


def checked_keys(document: object) -> dict[str, Any]:
    """A JWK Set that holds nothing but what these public keys need. Raises Invalid."""
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise _invalid(f"there must be between one and {MOST_KEYS} keys in a list called keys")
    plain = [_plain(key) for key in keys]
    if len({key["kid"] for key in plain}) != len(plain):
        raise _invalid("two keys have the same kid")
    return {"keys": plain}


def read_keys(text: str) -> dict[str, Any]:
    """The same, from JSON as it was typed or fetched."""
    try:
        return checked_keys(json.loads(text))
    except (ValueError, RecursionError):
        raise _invalid("it is not JSON") from None


def key_named(jwks: Mapping[str, Any], header: Mapping[str, Any]) -> Key:
    """The key of these checked ones that a header names; the only one there is where it names none.

    Raises ValueError when there is none.
    """
    kid, keys = header.get("kid"), jwks["keys"]
    if "kid" not in header and len(keys) == 1:
        return _imported(keys[0])
    for key in keys:
        if key["kid"] == kid:
            return _imported(key)
    raise ValueError("no key of that name")


def algorithm_of(key: Key) -> str:
    return ALGORITHM_BY_KIND[key.key_type]


def _plain(key: object) -> dict[str, str]:
    if not isinstance(key, Mapping) or not isinstance(key.get("kid"), str) or not 0 < len(key["kid"]) <= 200:  # noqa: PLR2004
        raise _invalid("a key has no kid")
    if {"d", "k", "p", "q", "dp", "dq", "qi", "oth"} & key.keys():
        raise _invalid("a key is not public. Make a new one: whoever saw this text can use it")
    members = _PUBLIC_MEMBERS.get(str(key.get("kty")))
    if members is None or not all(isinstance(key.get(name), str) for name in members):
        raise _invalid("a key is of a kind nobody here checks")
    kept = {name: str(key[name]) for name in ("kty", "kid", *members)}
    _imported(kept)
    return kept


def _imported(key: Mapping[str, str]) -> Key:
    # Before it is read: the library warns of a short one where others would be told.
    if key["kty"] == "RSA" and not SHORTEST_RSA <= _bits(key["n"]) <= LONGEST_RSA:
        raise _invalid("a key is too weak, or longer than anybody needs")
    try:
        found = _KINDS[key["kty"]].import_key(dict(key))
    except (JoseError, ValueError, TypeError, KeyError):
        raise _invalid("a key cannot be read") from None
    if key["kty"] != "RSA" and key["crv"] != _CURVES[key["kty"]]:
        raise _invalid("a key is on a curve nobody here checks")
    return found


def _bits(number: str) -> int:
    try:
        return int.from_bytes(urlsafe_b64decode(number.encode()), "big").bit_length()
    except ValueError:
        return 0


def _invalid(why: str) -> Invalid:
    return Invalid(f"These keys cannot be taken: {why}.", {"jwks": why}, help=_HELP)
