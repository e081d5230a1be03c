"""What one look at the ring's rows gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from joserfc.jwk import JWKRegistry, Key, KeySet
from sqlalchemy import Row

from broker.keyring.ring_key import KeyState, KeyUse, RingKey
from broker.keyring.rows import Rows

BELIEVED = (KeyState.OLD, KeyState.NEXT, KeyState.CURRENT)


@dataclass(frozen=True)
class Seen:
    """``current`` is None while no token key signs that this process could open."""

    raw: list[Row[Any]]
    rows: Rows
    published: KeySet
    current: Key | None


NOTHING = Seen([], Rows((), ()), KeySet([]), None)


def needed_secrets(rows: Rows) -> tuple[RingKey, ...]:
    """The keys whose private halves are used: to check an old token's signature its public half will do."""
    signing = rows.only(KeyUse.TOKENS, KeyState.CURRENT, KeyState.NEXT)
    return signing + rows.only(KeyUse.LINKS, *BELIEVED)


def published_of(rows: Rows) -> KeySet:
    """The public halves of every token key that is believed."""
    keys = rows.only(KeyUse.TOKENS, *BELIEVED)
    return KeySet([JWKRegistry.import_key(dict(key.public_jwk)) for key in keys if key.public_jwk])
