"""The key a webhook's receiver checks signatures with, as Standard Webhooks writes it."""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode, b64encode

PREFIX = "whsec_"
_LEAST, _MOST, _OURS = 24, 64, 32


def new_signing_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(_OURS)).decode()


def signing_bytes(secret: str) -> bytes:
    """The key in ``whsec_...``; empty when it is none that the standard allows."""
    try:
        found = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return found if secret.startswith(PREFIX) and _LEAST <= len(found) <= _MOST else b""
