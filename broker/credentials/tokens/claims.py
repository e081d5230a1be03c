"""What a token says (RFC 9068), made from its row alone: so the two can be held against each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import Key

from broker.credentials.tokens.access_token import AccessToken

TYPE = "at+jwt"


def claims_of(token: AccessToken, issuer: str) -> dict[str, Any]:
    """Instants are whole seconds since 1970. A claim that does not apply is absent, never null."""
    said = {
        "iss": issuer,
        "sub": token.person_id or token.client_id,
        "aud": token.audience,
        "client_id": token.client_id,
        "iat": _seconds(token.issued_at),
        "exp": _seconds(token.expires_at),
        "jti": token.jti,
        "scope": " ".join(sorted(token.scopes)),
        "acr": token.acr,
        "amr": list(token.amr),
        "auth_time": _seconds(token.auth_time) if token.auth_time else None,
        "authorization_details": [dict(each) for each in token.authorization_details],
        "cnf": {"jkt": token.jkt} if token.jkt else None,
        "act": {"sub": token.actor} if token.actor else None,
    }
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def header_for(key: Key) -> dict[str, str]:
    """The whole header of a token signed by ``key``: nothing else is accepted in one."""
    return {"alg": str(key.alg), "kid": str(key.kid), "typ": TYPE}


def end_of(now: datetime, lifetime: timedelta, no_later_than: datetime | None = None) -> datetime:
    """The end of a token made ``now``, cut to a whole second: never past ``no_later_than``, its grant's end."""
    end = now + lifetime
    return whole_second(min(end, no_later_than) if no_later_than else end)


def whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
