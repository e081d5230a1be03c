"""Answers whoever may ask whether a token is good now (RFC 7662)."""

from __future__ import annotations

from typing import Any

from broker.credentials.clients.register import Client
from broker.credentials.tokens.access_token import AccessToken, Mint
from broker.credentials.tokens.check import live_token
from broker.credentials.tokens.claims import claims_of
from broker.store import Reader


def introspect(reader: Reader, mint: Mint, asking: Client, text: str) -> dict[str, Any]:
    """``{"active": True}`` with every claim of a live token, and ``{"active": False}`` alone for all else.

    ``asking`` has proved who it is. It hears of tokens for its own audience and of tokens it was given itself;
    whether any other text is a token, was one, or is nonsense cannot be told from the answer.
    """
    token = live_token(reader, mint, text)
    if token is None or not _may_ask(asking, token):
        return {"active": False}
    kind = "DPoP" if token.jkt else "Bearer"
    return {"active": True, "token_type": kind, **claims_of(token, mint.issuer)}


def _may_ask(asking: Client, token: AccessToken) -> bool:
    return asking.id == token.client_id or asking.audience == token.audience
