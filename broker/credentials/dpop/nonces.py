"""Nonces that need no memory: an instant and a signature over it.

A proof that carries one cannot have been made long before it is used, so that
somebody who held a key for a moment cannot store up proofs for tomorrow.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

LIFETIME = timedelta(minutes=5)
_INSTANT_BYTES = 8
_MAC_BYTES = 16
_AHEAD = timedelta(seconds=10)
"""Another node of the broker may have handed it out by a clock of its own."""


class Nonces:
    """Signs with the newest key and accepts every key it has."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """``keys`` are oldest first, 32 bytes each."""
        self._keys = tuple(keys)

    def fresh(self, now: datetime) -> str:
        """32 characters, safe in a header."""
        instant = int(now.timestamp()).to_bytes(_INSTANT_BYTES, "big")
        return base64.urlsafe_b64encode(instant + _mac(self._keys[-1], instant)).decode()

    def accepts(self, nonce: str | None, now: datetime) -> bool:
        """Whether it was handed out in the last :data:`LIFETIME`, by whichever node."""
        try:
            raw = base64.urlsafe_b64decode((nonce or "").encode("ascii"))
        except (binascii.Error, ValueError):
            return False
        instant, mac = raw[:_INSTANT_BYTES], raw[_INSTANT_BYTES:]
        if not any(hmac.compare_digest(_mac(key, instant), mac) for key in self._keys):
            return False
        made = datetime.fromtimestamp(int.from_bytes(instant, "big"), UTC)
        return now - LIFETIME < made <= now + _AHEAD


def _mac(key: bytes, instant: bytes) -> bytes:
    return hmac.new(key, b"dpop nonce " + instant, hashlib.sha256).digest()[:_MAC_BYTES]
