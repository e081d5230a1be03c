"""The broker's public keys, fetched once and kept, and looked up again when a new one signs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import Key

from broker.verify.compact import ALGORITHMS, Unreadable
from broker.verify.json_over_http import NoAnswer
from broker.verify.proof_key import proof_key
from broker.verify.refused import CannotTell

FRESH = timedelta(minutes=5)
"""After this keys are fetched again, so that a withdrawn one is forgotten."""
LONGEST_STALE = timedelta(hours=1)
"""So long the keys last seen go on while the broker cannot be reached."""
PAUSE = timedelta(seconds=30)
"""No two fetches closer than this, whoever sends tokens with made-up key ids."""
PAUSE_AT_FIRST = timedelta(seconds=5)
"""The same while no key was ever seen, as at a start before the broker's."""


class FixedKeys:
    """Keys from a document (RFC 7517) that somebody else keeps fresh."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._keys = usable_keys(document)

    def find(self, kid: str, now: datetime) -> Key | None:  # noqa: ARG002 - as FetchedKeys
        return self._keys.get(kid)


class FetchedKeys:
    """Keys behind an address. ``fetch`` answers the document or raises :class:`NoAnswer`."""

    def __init__(self, fetch: Callable[[], Mapping[str, Any]]) -> None:
        self._fetch = fetch
        self._keys: Mapping[str, Key] = {}
        self._seen_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching = threading.Lock()

    def find(self, kid: str, now: datetime) -> Key | None:
        """The key called ``kid``, None when the broker has no such key; raises :class:`CannotTell`."""
        if self._wants(kid, now):
            self._look_again(now)
        if self._seen_at is None or now - self._seen_at > LONGEST_STALE:
            raise CannotTell("keys_unavailable")
        return self._keys.get(kid)

    def _wants(self, kid: str, now: datetime) -> bool:
        # Also while the very first fetch is under way: its lock is what to wait at.
        if self._seen_at is None:
            return True
        return (now - self._seen_at >= FRESH or kid not in self._keys) and not self._just_tried(now)

    def _just_tried(self, now: datetime) -> bool:
        pause = PAUSE_AT_FIRST if self._seen_at is None else PAUSE
        return self._tried_at is not None and now - self._tried_at < pause

    def _look_again(self, now: datetime) -> None:
        # Whoever has keys goes on with them while another thread fetches; whoever has none waits.
        if not self._fetching.acquire(blocking=self._seen_at is None):
            return
        try:
            if not self._just_tried(now):
                self._tried_at = now
                self._take(now)
        finally:
            self._fetching.release()

    def _take(self, now: datetime) -> None:
        try:
            found = usable_keys(self._fetch())
        except NoAnswer:
            return
        # A document without a single key is a fault there, not a reason to forget what was known.
        if found:
            self._keys, self._seen_at = found, now


def usable_keys(document: Mapping[str, Any]) -> dict[str, Key]:
    """By kid, those that may sign a token; others in the document are none of our business."""
    listed = document.get("keys")
    found: dict[str, Key] = {}
    for jwk in listed if isinstance(listed, list) else []:
        if isinstance(jwk, dict) and isinstance(jwk.get("kid"), str) and jwk.get("use", "sig") == "sig":
            key = _usable(jwk)
            if key is not None:
                found.setdefault(jwk["kid"], key)
    return found


def _usable(jwk: Mapping[str, Any]) -> Key | None:
    try:
        key = proof_key(jwk)
    except Unreadable:
        return None
    fitting = [name for name, kind in ALGORITHMS.items() if kind == (key.key_type, str(key.get("crv", "")))]
    return key if fitting and jwk.get("alg", fitting[0]) in fitting else None
