"""Several kinds of key services at once: one wraps, and what another wrapped earlier still opens."""

from __future__ import annotations

from broker.errors import Unavailable
from broker.key_encryption.wrapping import KeyEncryptionKey, WrappedKey


class Several:
    """Lets an installation move from one key service to another while everything goes on."""

    def __init__(self, current: KeyEncryptionKey, *earlier: KeyEncryptionKey) -> None:
        self._current, self._all = current, (current, *earlier)

    @property
    def current_id(self) -> str:
        return self._current.current_id

    def knows(self, key_id: str) -> bool:
        return any(keys.knows(key_id) for keys in self._all)

    def wrap(self, secret: bytes, context: bytes) -> WrappedKey:
        return self._current.wrap(secret, context)

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        for keys in self._all:
            if keys.knows(wrapped.key_id):
                return keys.unwrap(wrapped, context)
        raise Unavailable(
            f"Nothing that the broker is set up with knows the key {wrapped.key_id}.",
            help="Set up the key service that wrapped it, and move what it wrapped: broker keys recordings rewrap",
        )

    def rotate(self) -> str:
        return self._current.rotate()
