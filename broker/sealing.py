"""Seals small secrets kept in the database, so that a stolen copy of it opens nothing."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_LAYOUT = b"\x01"


class CannotOpen(ValueError):
    """Another key sealed it, it was altered, or it was copied from another row."""


class Seal:
    """AES-256-GCM under a key derived from one of 32 bytes for one ``use``."""

    def __init__(self, key: bytes, use: str) -> None:
        self._cipher = AESGCM(derived(key, use))

    def close(self, secret: bytes, about: str) -> bytes:
        """Layout byte, 12 bytes of nonce, ciphertext and tag; opens only for the same ``about``."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _LAYOUT + nonce + self._cipher.encrypt(nonce, secret, _LAYOUT + about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Raises :class:`CannotOpen`."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, sealed[:1] + about.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(about) from error


def derived(key: bytes, use: str) -> bytes:
    """32 bytes that tell nothing about ``key`` or about those derived for another ``use``."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"broker {use}".encode()).derive(key)
