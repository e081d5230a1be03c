"""A Security Event Token (RFC 8417): signed when it is sent, so that no end of access waits for a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt

from broker.keyring.signing_keys import SigningKeys

TYPE = "secevent+jwt"
MEDIA_TYPE = f"application/{TYPE}"


@dataclass(frozen=True)
class SecurityEvent:
    """``said`` holds ``sub_id`` and ``events``, and ``txn`` where one cause brought several events about."""

    jti: str
    audience: str
    issued_at: datetime
    said: Mapping[str, Any]


def signed(event: SecurityEvent, issuer: str, keys: SigningKeys) -> str:
    """The compact JWT. No ``exp`` and no ``sub``, as SSF 1.0 asks. Unavailable without a key."""
    key = keys.current()
    algorithm = str(key["alg"])
    header = {"alg": algorithm, "kid": key["kid"], "typ": TYPE}
    claims = {
        "iss": issuer,
        "aud": event.audience,
        "jti": event.jti,
        "iat": int(event.issued_at.timestamp()),
        "txn": event.jti,
        **event.said,
    }
    return jwt.encode(header, claims, key, algorithms=[algorithm])
