"""What a text says if this broker signed it as an access token. Whether it is still good is another question."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.claims import header_for

LONGEST_TOKEN = 8192
# One token is written in one way, whatever signs a decoder would skip.
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
ALGORITHMS = frozenset({"RS256", "ES256", "Ed25519"})


def signed_claims(mint: Mint, text: str) -> Mapping[str, Any] | None:
    """Its claims, expired or not; None for any other text, of whatever size and bytes."""
    if len(text) > LONGEST_TOKEN or not _SHAPE.fullmatch(text):
        return None
    try:
        signed = jws.extract_compact(text.encode())
        key = _key(mint, signed.headers())
        if key is None or not jws.validate_compact(signed, key, algorithms=[str(key.alg)]):
            return None
        claims = json.loads(signed.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    return claims if isinstance(claims, dict) and claims.get("iss") == mint.issuer else None


def _key(mint: Mint, header: Mapping[str, Any]) -> Key | None:
    """The key the header names, if the header is word for word what this broker writes for it."""
    named = next((key for key in mint.keys.published().keys if key.kid == header.get("kid")), None)
    # How a key signs is said by the key; a token is believed in nothing about that.
    return named if named and named.alg in ALGORITHMS and header == header_for(named) else None
