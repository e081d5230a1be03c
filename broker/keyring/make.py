"""Makes keys, and turns them into the bytes that are wrapped and back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from broker.clock import new_id
from broker.key_encryption.wrapping import KeyEncryptionKey, WrongWrapping
from broker.keyring.ring_key import KeyState, KeyUse, RingKey

LINK_ALG = "HS256"
LINK_SECRET_BYTES = 32

_MAKERS: Mapping[str, Callable[[], Key]] = {
    "RS256": lambda: RSAKey.generate_key(3072, private=True),
    "ES256": lambda: ECKey.generate_key("P-256", private=True),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519", private=True),
}


@dataclass(frozen=True)
class Made:
    """A key that is nowhere yet. ``secret`` is what gets wrapped."""

    kid: str
    use: KeyUse
    alg: str
    secret: bytes
    public_jwk: Mapping[str, Any] | None


def token_key(alg: str) -> Made:
    """``alg`` is RS256 (3072 bits), ES256 or Ed25519."""
    key = _MAKERS[alg]()
    about = {"kid": key.thumbprint(), "use": "sig", "alg": alg}
    secret = json.dumps({**key.as_dict(private=True), **about}).encode()
    return Made(about["kid"], KeyUse.TOKENS, alg, secret, {**key.as_dict(private=False), **about})


def link_key(secret: bytes | None = None) -> Made:
    """A fresh secret of 32 bytes, or the one given."""
    return Made(new_id("lk"), KeyUse.LINKS, LINK_ALG, secret or secrets.token_bytes(LINK_SECRET_BYTES), None)


def sealed(made: Made, keys: KeyEncryptionKey, state: KeyState, at: datetime, due: datetime) -> RingKey:
    """The row of a new key. Asks the key service, so it is not called inside a transaction."""
    wrapped = keys.wrap(made.secret, _context(made.kid, made.use, made.alg))
    return RingKey(made.kid, made.use, made.alg, state, at, due, None, None, wrapped, made.public_jwk)


def opened(key: RingKey, keys: KeyEncryptionKey) -> bytes:
    """The secret of a row. WrongWrapping when it is not this key's; Unavailable when the key service is."""
    secret = keys.unwrap(key.wrapped, context_of(key))
    if not (_is_link_secret(secret) if key.use is KeyUse.LINKS else _is_named(secret, key)):
        raise WrongWrapping
    return secret


def private_key(secret: bytes) -> Key:
    return JWKRegistry.import_key(json.loads(secret))


def context_of(key: RingKey) -> bytes:
    """What ties the wrapped secret to its row."""
    return _context(key.kid, key.use, key.alg)


def _context(kid: str, use: KeyUse, alg: str) -> bytes:
    return f"broker.keyring:{use}:{alg}:{kid}".encode("ascii")


def _is_link_secret(secret: bytes) -> bool:
    return len(secret) == LINK_SECRET_BYTES


def _is_named(secret: bytes, key: RingKey) -> bool:
    """Whether it is the private half of the key that the row publishes, and the row called by its thumbprint."""
    try:
        said, published = json.loads(secret), key.public_jwk or {}
        if not published.items() <= said.items():
            return False
        found = private_key(secret)
    except (ValueError, AttributeError, JoseError):
        return False
    return found.is_private and found.thumbprint() == key.kid == found.kid and found.alg == key.alg
