"""The ring's rows, each proved to be one that this broker wrote."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import Row, delete, insert, select, update

from broker.errors import Conflict
from broker.key_encryption.wrapping import WrappedKey
from broker.keyring.remembered import withdrawn_before
from broker.keyring.ring_key import KeyState, KeyUse, RingKey
from broker.keyring.tables import token_keys
from broker.store import Reader, Transaction

_ALL = select(token_keys).order_by(token_keys.c.made_at, token_keys.c.kid)


@dataclass(frozen=True)
class Rows:
    """``keys`` by age, oldest first; ``refused`` names rows that were edited or added past the broker."""

    keys: tuple[RingKey, ...]
    refused: tuple[str, ...]

    def only(self, use: KeyUse, *states: KeyState) -> tuple[RingKey, ...]:
        return tuple(key for key in self.keys if key.use is use and key.state in states)

    def one(self, use: KeyUse, state: KeyState) -> RingKey | None:
        """Of the states that only one key has."""
        return next(iter(self.only(use, state)), None)


class KeyRows:
    """Reads and writes rows; ``secret`` is 32 bytes from outside the database."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def raw(self, reader: Reader) -> list[Row[Any]]:
        return reader.all(_ALL)

    def read(self, reader: Reader) -> Rows:
        return self.proved(self.raw(reader), withdrawn_before(reader))

    def proved(self, raw: Sequence[Row[Any]], withdrawn: frozenset[str]) -> Rows:
        """``withdrawn`` are keys that may stand there as such and in no other state."""
        read = {row.kid: key for row in raw if (key := self._key(row)) is not None}
        good = {
            kid: key for kid, key in read.items() if key.state is KeyState.WITHDRAWN or kid not in withdrawn
        }
        return Rows(tuple(good.values()), tuple(row.kid for row in raw if row.kid not in good))

    def add(self, tx: Transaction, key: RingKey) -> None:
        tx.execute(insert(token_keys).values(**self._columns(key)))

    def change(self, tx: Transaction, before: RingKey, after: RingKey) -> RingKey:
        """Conflict when somebody else changed it first."""
        same = (
            (token_keys.c.kid == before.kid)
            & (token_keys.c.state == str(before.state))
            & (token_keys.c.wrapped == before.wrapped.blob)
        )
        if tx.execute(update(token_keys).where(same).values(**self._columns(after))).rowcount != 1:
            raise Conflict("Somebody else changed this key at the same moment.", help="broker keys show")
        return after

    def set_aside(self, tx: Transaction, kids: Sequence[str]) -> list[str]:
        """Take refused rows out of the way of good ones; the ids of those that were in it."""
        in_the_way = token_keys.c.kid.in_(kids) & token_keys.c.state.in_(("current", "next"))
        moved = [row.kid for row in tx.all(select(token_keys.c.kid).where(in_the_way))]
        tx.execute(update(token_keys).where(in_the_way).values(state="refused"))
        return moved

    def forget(self, tx: Transaction, kid: str) -> None:
        tx.execute(delete(token_keys).where(token_keys.c.kid == kid))

    def _key(self, row: Row[Any]) -> RingKey | None:
        try:
            key = RingKey(
                kid=row.kid,
                use=KeyUse(row.use),
                alg=row.alg,
                state=KeyState(row.state),
                made_at=row.made_at,
                current_from=row.current_from,
                old_since=row.old_since,
                withdraw_at=row.withdraw_at,
                wrapped=WrappedKey(row.wrapped_by, bytes(row.wrapped)),
                public_jwk=row.public_jwk,
            )
            stamp = self._stamp(key)
        except (ValueError, TypeError, rfc8785.CanonicalizationError):
            return None
        return key if hmac.compare_digest(stamp, bytes(row.stamp)) else None

    def _columns(self, key: RingKey) -> dict[str, Any]:
        said = {name: getattr(key, name) for name in ("kid", "alg", "made_at", "current_from", "old_since")}
        return said | {
            "use": str(key.use),
            "state": str(key.state),
            "withdraw_at": key.withdraw_at,
            "wrapped_by": key.wrapped.key_id,
            "wrapped": key.wrapped.blob,
            "public_jwk": None if key.public_jwk is None else dict(key.public_jwk),
            "stamp": self._stamp(key),
        }

    def _stamp(self, key: RingKey) -> bytes:
        # How the private half is wrapped is left out: that proves itself, and changes when keys are wrapped anew.
        times = [key.made_at, key.current_from, key.old_since, key.withdraw_at]
        said: list[Any] = [key.kid, str(key.use), key.alg, str(key.state)]
        said += [at and at.isoformat() for at in times]
        return hmac.digest(self._secret, rfc8785.dumps([*said, key.public_jwk]), "sha256")
