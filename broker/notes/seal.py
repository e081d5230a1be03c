"""One note under one key of its own: what is left when the key is gone tells nothing but its length, roughly."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from broker.sealing import KEY_BYTES, CannotOpen, Seal, derived

# Of what is kept for ever the length would tell something: it is rounded up.
_BLOCK = 64
_END = b"\x80"


@dataclass(frozen=True)
class Sealed:
    """``sealed`` opens with ``key`` alone; ``digest`` commits to the text and, without the key, gives no hint of it."""

    key: bytes
    sealed: bytes
    digest: str


def seal(text: str, about: str) -> Sealed:
    """``text`` under a fresh key, bound to ``about``."""
    key = secrets.token_bytes(KEY_BYTES)
    return Sealed(
        key, Seal(key, "note text").close(_padded(text.encode()), about), digest_of(key, text, about)
    )


def unseal(key: bytes, sealed: bytes, about: str) -> str:
    """Raises CannotOpen when the key, the bytes or ``about`` is another one."""
    body = Seal(key, "note text").open(sealed, about).rstrip(b"\0")
    if not body.endswith(_END):
        raise CannotOpen(about)
    return body[: -len(_END)].decode()


def digest_of(key: bytes, text: str, about: str) -> str:
    """64 hex characters: whoever is shown the key and the text can check that they belong to an entry."""
    return hmac.digest(derived(key, "note digest"), f"{about}\0{text}".encode(), "sha256").hex()


def _padded(body: bytes) -> bytes:
    body += _END
    return body + bytes(-len(body) % _BLOCK)
