"""The public key a proof carries in its own header (RFC 9449, section 4.2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from broker.verify.compact import Unreadable

_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_RSA_BYTES = range(256, 513)
"""2048 to 4096 bits: shorter is broken some day, longer makes us work for a stranger."""
_EXPONENT = "AQAB"
_COORDINATE_BYTES = 32


def proof_key(jwk: Any) -> Key:
    """The key, with nothing of the header's JWK but what makes it one; raises :class:`Unreadable`."""
    if not isinstance(jwk, dict):
        raise Unreadable("bad_key")
    if _PRIVATE & set(jwk):
        raise Unreadable("private_key")
    members = _MEMBERS.get(str(jwk.get("kty")), ())
    bare = {name: str(jwk.get(name)) for name in ("kty", *members)}
    if not members or not _usual_size(bare):
        raise Unreadable("bad_key")
    try:
        return JWKRegistry.import_key({**bare})
    except (JoseError, ValueError):
        raise Unreadable("bad_key") from None


def _usual_size(bare: Mapping[str, str]) -> bool:
    try:
        sizes = {name: len(_decoded(bare[name])) for name in ("n", "x", "y") if name in bare}
    except (binascii.Error, ValueError):
        return False
    if "n" in sizes:
        return sizes["n"] in _RSA_BYTES and bare["e"] == _EXPONENT
    return set(sizes.values()) == {_COORDINATE_BYTES}


def _decoded(text: str) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    # One key has one spelling, for its thumbprint is made of it.
    padded = len(raw) > _COORDINATE_BYTES and raw[0] == 0
    if padded or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("another spelling")
    return raw
