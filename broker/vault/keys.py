"""The key of each sealed file, and what ties it to that file."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def new_data_key() -> bytes:
    """32 fresh bytes for one file."""
    return AESGCM.generate_key(bit_length=256)


def context_of(holding_id: str) -> bytes:
    """What ties a wrapped data key to its file."""
    return b"broker.vault:" + holding_id.encode("ascii")
