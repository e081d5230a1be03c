"""The public keys of trusted issuers, fetched when needed and kept for a while."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from broker.clock import Clock
from broker.credentials.clients.public_keys import ALGORITHM_BY_KIND, checked_keys
from broker.credentials.exchange.fetch import cannot_be_had, fetch_text
from broker.credentials.exchange.issuers import TrustedIssuer
from broker.errors import Invalid, Unavailable

KEPT_FOR = timedelta(minutes=10)
# Whoever makes up key names must not make us ask the issuer for each.
ASKED_AGAIN_AFTER = timedelta(seconds=30)
MOST_KEYS = 50
# RFC 9864 gave the algorithm its own name; sets from before it say only which family it is of.
_OTHER_NAMES = {"Ed25519": ("EdDSA",)}


class Fetch(Protocol):
    def __call__(self, clock: Clock, url: str, *, allow_private: bool) -> str:
        """What is at ``url``; raises Unavailable."""
        ...


@dataclass(frozen=True)
class _Kept:
    """``keys`` is None where they could not be had."""

    keys: Mapping[str, Any] | None
    at: datetime


class IssuerKeys:
    """Remembers keys by their address, in this process alone. Never ask inside a transaction."""

    def __init__(self, clock: Clock, fetch: Fetch = fetch_text) -> None:
        self._clock = clock
        self._fetch = fetch
        self._kept: dict[str, _Kept] = {}
        self._asking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def of(self, trusted: TrustedIssuer, header: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
        """The keys to check a token with this header by. Unavailable when they are nowhere to be had."""
        if trusted.jwks_url is None:
            return trusted.jwks or {"keys": []}
        url = trusted.jwks_url
        # One at a time: a hundred tokens after a restart ask once, and one slow issuer delays its own tokens alone.
        with self._asking[url]:
            kept = self._kept.get(url)
            if kept is None or _is_stale(kept, header, now):
                kept = self._kept[url] = _Kept(self._asked(url, trusted.allow_private), now)
        if kept.keys is None:
            raise cannot_be_had()
        return kept.keys

    def _asked(self, url: str, allow_private: bool) -> Mapping[str, Any] | None:
        try:
            return usable_keys(self._fetch(self._clock, url, allow_private=allow_private))
        except Unavailable:
            return None


def usable_keys(text: str) -> Mapping[str, Any]:
    """Those keys of an issuer's JWK Set that sign by an algorithm taken here; the others are for others."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise cannot_be_had() from None
    keys = found.get("keys") if isinstance(found, dict) else None
    fit = (
        [plain for key in keys or () if (plain := _usable(key)) is not None] if isinstance(keys, list) else []
    )
    return {"keys": fit[:MOST_KEYS]}


def _usable(key: object) -> Mapping[str, Any] | None:
    if not isinstance(key, dict) or key.get("use", "sig") != "sig":
        return None
    try:
        plain = checked_keys({"keys": [key]})["keys"][0]
    except Invalid:
        return None
    wanted = ALGORITHM_BY_KIND[plain["kty"]]
    return plain if key.get("alg", wanted) in {wanted, *_OTHER_NAMES.get(wanted, ())} else None


def _is_stale(kept: _Kept, header: Mapping[str, Any], now: datetime) -> bool:
    known = kept.keys is not None and (
        "kid" not in header or any(key["kid"] == header["kid"] for key in kept.keys["keys"])
    )
    return now - kept.at >= (KEPT_FOR if known else ASKED_AGAIN_AFTER)
