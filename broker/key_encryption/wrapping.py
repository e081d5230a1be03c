"""Key-encryption keys: what wraps the keys that seal recordings, sign tokens and sign links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from broker.errors import Unavailable

LONGEST_SECRET = 4096
"""Bytes: the most that every kind of key service wraps in one call."""


@dataclass(frozen=True)
class WrappedKey:
    """A secret only the key-encryption key ``key_id`` can unwrap. Safe to store.

    ``key_id`` is at most 64 characters and begins with the kind of key service it belongs to.
    """

    key_id: str
    blob: bytes


class KeyEncryptionKey(Protocol):
    """A ring of key-encryption keys: the newest wraps, every one of them unwraps.

    ``context`` names what the secret is for and is bound to it: what was wrapped
    for one file or one row must not unwrap for another. A key service may be a network away, so none
    of this is called inside a transaction. Unavailable when the key service does not answer.
    """

    @property
    def current_id(self) -> str:
        """The id of the key that wraps from now on."""
        ...

    def knows(self, key_id: str) -> bool:
        """Whether ``key_id`` is of this kind of key service. Asks nobody."""
        ...

    def wrap(self, secret: bytes, context: bytes) -> WrappedKey: ...

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """The secret. Raises Unavailable for a key this ring has not, WrongWrapping for a blob it refuses."""
        ...

    def rotate(self) -> str:
        """Make a newer key that wraps from now on and answer its id. Older ones still unwrap."""
        ...


class WrongWrapping(Unavailable):
    """A wrapped key that does not open: edited, or wrapped for something else."""

    help = "Tell the security team; compare the database with a backup."

    def __init__(self) -> None:
        # One sentence for every fault: which check failed helps only whoever is trying.
        super().__init__("A stored key is not what was put away.")
