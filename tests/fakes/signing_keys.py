"""Signing keys that live as long as a test."""

from __future__ import annotations

from joserfc.jwk import ECKey, Key, KeySet


class KeysInMemory:
    """ES256, because such a key is made at once."""

    def __init__(self) -> None:
        self._ring: list[Key] = []
        self.rotate()

    def ready(self) -> None:
        """Nobody else changes them."""

    def current(self) -> Key:
        return self._ring[-1]

    def published(self) -> KeySet:
        return KeySet([ECKey.import_key(key.as_dict(private=False)) for key in self._ring])

    def rotate(self) -> None:
        made = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True)
        self._ring.append(ECKey.import_key({**made.as_dict(private=True), "kid": made.thumbprint()}))

    def withdraw_oldest(self) -> None:
        del self._ring[0]
