"""Whether the claims of a signed token hold here and now (RFC 9068, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from broker.verify.compact import Unreadable, whole_number

AHEAD = timedelta(seconds=10)
"""How far the broker's clock may run before ours. An end is never stretched."""


def check_claims(claims: Mapping[str, Any], *, issuer: str, audience: str, now: datetime) -> None:
    """Raises :class:`Unreadable` with the first thing that does not hold."""
    if claims.get("iss") != issuer:
        raise Unreadable("wrong_issuer")
    if audience not in _audiences(claims.get("aud")):
        raise Unreadable("wrong_audience")
    if now.timestamp() >= whole_number(claims, "exp"):
        raise Unreadable("expired")
    begins = max(whole_number(claims, name) for name in ("iat", "nbf") if name in claims or name == "iat")
    if begins > (now + AHEAD).timestamp():
        raise Unreadable("not_yet")


def _audiences(claim: Any) -> list[Any]:
    return claim if isinstance(claim, list) else [claim]
