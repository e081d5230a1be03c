"""Seals what a person's factor is made of, so that a stolen database opens nothing."""

from __future__ import annotations

import hmac

from broker.errors import ConfigurationError, Unavailable
from broker.sealing import KEY_BYTES, CannotOpen, Seal, derived


class SecretBox:
    """AES-256-GCM and HMAC-SHA-256 under two keys derived from one of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ConfigurationError(
                f"The identity key has {len(key)} bytes; it needs {KEY_BYTES}.",
                help="Restore the key file from the backup; a new key means that everybody enrols again.",
            )
        self._seal = Seal(key, "identity seal")
        self._digest_key = derived(key, "identity digest")

    def seal(self, secret: bytes, about: str) -> bytes:
        """Sealed bytes that open only for the same ``about``."""
        return self._seal.close(secret, about)

    def open(self, sealed: bytes, about: str) -> bytes:
        """Unavailable when the key is another one, or the row was altered or copied from another person."""
        try:
            return self._seal.open(sealed, about)
        except CannotOpen as error:
            raise Unavailable(
                "The stored second factor cannot be opened.",
                help="Use a recovery code, and tell an administrator: the key file or the stored row changed.",
            ) from error

    def digest(self, text: str, about: str) -> str:
        """64 hex characters that nobody without the key can guess ``text`` from."""
        return hmac.digest(
            self._digest_key, f"{about}\0{text}".encode("utf-8", "surrogatepass"), "sha256"
        ).hex()
