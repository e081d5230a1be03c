"""The token endpoint's answer (RFC 6749, 5.1)."""

from __future__ import annotations

from typing import Any

from broker.credentials.tokens.access_token import Issued

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a kind


def token_answer(issued: Issued, **more: str) -> dict[str, Any]:
    """``expires_in`` is the token's own; what does not apply is absent."""
    token = issued.token
    body: dict[str, Any] = {
        "access_token": issued.text,
        "token_type": "Bearer" if token.jkt is None else "DPoP",
        "expires_in": issued.expires_in,
        **more,
    }
    if token.scopes:
        body["scope"] = " ".join(sorted(token.scopes))
    if token.authorization_details:
        body["authorization_details"] = [dict(each) for each in token.authorization_details]
    return body
