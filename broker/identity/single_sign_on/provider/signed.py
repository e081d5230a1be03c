"""What the provider signed, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from joserfc.jws import extract_compact
from joserfc.jwt import Token

from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.refused import SignOnRefused, Why

# Public keys only: with a shared secret whoever holds it could vouch for anybody, and "none" vouches for nobody.
ALGORITHMS: dict[str, str] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("Ed25519", "EdDSA"), "OKP"),
}
LONGEST = 32 * 1024
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MOST_TRIED = 10


def read_signed(provider: Provider, text: str, *, types: Collection[str]) -> Token:
    """Header and claims of a JWS; SignOnRefused (FORGED) unless a key of the provider's signed it.

    ``types`` are what its ``typ`` may be, in small letters; none at all is ``""``.
    """
    if len(text) > LONGEST or not _COMPACT.fullmatch(text):
        raise _forged("no compact JWS")
    header = _header(text)
    if str(header.get("typ", "")).lower().removeprefix("application/") not in types:
        raise _forged("another type of token")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in ALGORITHMS or "crit" in header or "b64" in header:
        raise _forged("another algorithm")
    found = _verified(provider.keys(), text, header)
    if found is None:
        found = _verified(provider.keys(again=True), text, header)
    if found is None:
        raise _forged("no key of the provider's signed it")
    return found


def _header(text: str) -> dict[str, Any]:
    try:
        return dict(extract_compact(text.encode()).headers())
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise _forged("no header") from error


def _verified(keys: KeySet, text: str, header: dict[str, Any]) -> Token | None:
    for key in _candidates(keys, header):
        try:
            return jwt.decode(text, key, algorithms=[str(header["alg"])])
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
    return None


def _candidates(keys: KeySet, header: dict[str, Any]) -> Iterator[Key]:
    kid, alg = header.get("kid"), str(header["alg"])
    fitting = (key for key in keys if _fits(key, alg) and (kid is None or key.kid == kid))
    for _, key in zip(range(_MOST_TRIED), fitting, strict=False):
        yield key


def _fits(key: Key, alg: str) -> bool:
    said = key.as_dict(private=False)
    meant = said.get("use", "sig") == "sig" and said.get("alg", alg) == alg
    return meant and key.key_type == ALGORITHMS[alg]


def _forged(detail: str) -> SignOnRefused:
    return SignOnRefused(Why.FORGED, detail)
