"""Key-encryption keys: what wraps the data key of every sealed file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True)
class WrappedKey:
    """A data key only the key-encryption key ``key_id`` can unwrap. Safe to store."""

    key_id: str
    blob: bytes


class KeyEncryptionKey(Protocol):
    """A ring of key-encryption keys: the newest wraps, every one of them unwraps.

    A transit engine or a cloud's key service takes this place by meeting the
    same three members. ``context`` names the file the data key belongs to; a
    key wrapped for one file must not unwrap for another.
    """

    @property
    def current_id(self) -> str:
        """The id of the key that wraps from now on."""
        ...

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey: ...

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """The data key. Raises Unavailable for a key this ring has not, SealBroken for a blob it refuses."""
        ...


def new_data_key() -> bytes:
    """32 fresh bytes for one file."""
    return AESGCM.generate_key(bit_length=256)


def context_of(holding_id: str) -> bytes:
    """What ties a wrapped data key to its file."""
    return b"broker.vault:" + holding_id.encode("ascii")
