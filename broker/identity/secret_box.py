"""Seals what a person's factor is made of, so that a stolen database opens nothing."""

from __future__ import annotations

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from broker.errors import ConfigurationError, Unavailable

KEY_BYTES = 32
_NONCE_BYTES = 12
_LAYOUT = b"\x01"


class SecretBox:
    """AES-256-GCM and HMAC-SHA-256 under two keys derived from one of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ConfigurationError(
                f"The identity key has {len(key)} bytes; it needs {KEY_BYTES}.",
                help="Restore the key file from the backup; a new key means that everybody enrols again.",
            )
        self._cipher = AESGCM(_derive(key, b"seal"))
        self._digest_key = _derive(key, b"digest")

    def seal(self, secret: bytes, about: str) -> bytes:
        """Layout byte, 12 bytes of nonce, ciphertext and tag; opens only for the same ``about``."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _LAYOUT + nonce + self._cipher.encrypt(nonce, secret, _LAYOUT + about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Unavailable when the key is another one, or the row was altered or copied from another person."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, sealed[:1] + about.encode())
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                "The stored second factor cannot be opened.",
                help="Use a recovery code, and tell an administrator: the key file or the stored row changed.",
            ) from error

    def digest(self, text: str, about: str) -> str:
        """64 hex characters that nobody without the key can guess ``text`` from."""
        return hmac.digest(
            self._digest_key, f"{about}\0{text}".encode("utf-8", "surrogatepass"), "sha256"
        ).hex()


def _derive(key: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"broker identity " + use).derive(key)
