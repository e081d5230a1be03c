"""What the ledger keeps of a scope: all of it while that fits, and always its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

# A patient may have more recordings than an entry of the ledger holds.
LONGEST_NAMED = 4_096


def scope_digest(scope: Mapping[str, Any]) -> str:
    """SHA-256 of the scope's canonical JSON, in hex: what the ledger keeps, to hold the row against later."""
    return hashlib.sha256(_canonical(scope)).hexdigest()


def named(scope: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of an entry: ``scope_sha256``, and ``scope`` itself unless it is too long."""
    whole = {"scope": dict(scope)} if len(_canonical(scope)) <= LONGEST_NAMED else {}
    return {**whole, "scope_sha256": scope_digest(scope)}


def _canonical(scope: Mapping[str, Any]) -> bytes:
    return rfc8785.dumps(dict(scope))
