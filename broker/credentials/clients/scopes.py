"""What software may be allowed at the broker's own API."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

API_PATH = "/api/v1"

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "requests:read": "see access requests",
        "requests:write": "ask for access, withdraw, decide",
        "grants:read": "see access that was given",
        "grants:end": "end access early",
        "history:read": "read the history of access",
        "reviews:read": "see reviews that are due",
        "reviews:write": "sign reviews off",
        "sites:read": "see sites and their health",
        "sites:write": "put right what differs on a site",
        "people:read": "see people and their roles",
        "ledger:read": "check the ledger",
    }
)
"""Each scope, and the words that finish "This software may ..."."""


def api_audience(base_url: str) -> str:
    """The audience of tokens for the API of the broker at ``base_url`` (no slash at its end)."""
    return base_url + API_PATH
