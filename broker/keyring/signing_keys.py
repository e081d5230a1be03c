"""The keys tokens are signed by, as those who sign and those who check know them."""

from __future__ import annotations

from typing import Protocol

from joserfc.jwk import Key, KeySet


class SigningKeys(Protocol):
    """Every key carries ``kid`` (RFC 7638 thumbprint), ``alg`` and ``use``."""

    def ready(self) -> None:
        """Learn what other processes changed. Called before a transaction, never inside one; raises nothing."""
        ...

    def current(self) -> Key:
        """The private key that signs from now on. Unavailable when it cannot be unwrapped."""
        ...

    def published(self) -> KeySet:
        """The public keys a checker accepts: the current one, the next one, and old ones not yet withdrawn."""
        ...
