"""Addresses of the authorization server, by the broker's own name and never by the Host header."""

from __future__ import annotations

from broker.credentials.clients.scopes import api_audience
from broker.web.parts import parts

AUTHORIZE, TOKEN, INTROSPECT, REVOKE, JWKS = (
    "/oauth/authorize",
    "/oauth/token",
    "/oauth/introspect",
    "/oauth/revoke",
    "/oauth/jwks",
)
METADATA = "/.well-known/oauth-authorization-server"


def address_of(path: str) -> str:
    return parts().settings.base_url + path


def token_url() -> str:
    return address_of(TOKEN)


def own_api() -> str:
    """The audience of tokens for the broker's own API."""
    return api_audience(parts().settings.base_url)
