"""What a site's operator pastes into the site's own configuration file, once.

It stands in a file and not in the site's database, so that whoever edits the
database cannot swap the key that decides what a lease is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import OKPKey

from broker.adapters.jws import DocumentRefused, decode_base64url, encode_base64url, thumbprint

_VERSION = 1


@dataclass(frozen=True)
class Pairing:
    """One site's side of a connection: who it is, whom it obeys, by which public keys (by kid)."""

    site: str
    issuer: str
    keys: Mapping[str, OKPKey]


def pairing_text(site: str, issuer: str, keys: Sequence[Mapping[str, Any]]) -> str:
    """base64url of the JSON ``{v, site, issuer, keys}``; ``keys`` are public Ed25519 JWKs, no secret in it."""
    public = [{"kty": "OKP", "crv": "Ed25519", "x": key["x"]} for key in keys]
    document = {"v": _VERSION, "site": site, "issuer": issuer, "keys": public}
    return encode_base64url(json.dumps(document, separators=(",", ":"), sort_keys=True).encode())


def read_pairing(text: str) -> Pairing:
    """The reverse, as a site does it; raises :class:`DocumentRefused`."""
    try:
        document = json.loads(decode_base64url(text))
        keys = {thumbprint(key["x"]): OKPKey.import_key(dict(key)) for key in document["keys"]}
        pairing = Pairing(document["site"], document["issuer"], keys)
    except (ValueError, KeyError, TypeError):
        raise DocumentRefused("bad_pairing") from None
    if document.get("v") != _VERSION or not keys:
        raise DocumentRefused("bad_pairing")
    return pairing
