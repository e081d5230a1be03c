"""One key of the ring and its life: prepared, signing, still believed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from broker.errors import IllegalMove
from broker.key_encryption.wrapping import WrappedKey


class KeyUse(StrEnum):
    """What a key signs. Tokens are checked by others, links by this broker alone."""

    TOKENS = "tokens"
    LINKS = "links"


class KeyState(StrEnum):
    NEXT = "next"  # published, signs nothing yet
    CURRENT = "current"  # signs
    OLD = "old"  # still believed, because what it signed may live
    WITHDRAWN = "withdrawn"  # believed by nobody; its private half is destroyed


_MOVES: Mapping[KeyState, frozenset[KeyState]] = {
    KeyState.NEXT: frozenset({KeyState.CURRENT, KeyState.WITHDRAWN}),
    KeyState.CURRENT: frozenset({KeyState.OLD, KeyState.WITHDRAWN}),
    KeyState.OLD: frozenset({KeyState.WITHDRAWN}),
    KeyState.WITHDRAWN: frozenset(),
}

DESTROYED = WrappedKey("", b"")


@dataclass(frozen=True)
class RingKey:
    """``kid`` is the RFC 7638 thumbprint of a token key, an opaque id for a link key, which has no public half.

    ``current_from`` is when it began to sign, or for a next key when it is due to; ``withdraw_at``
    is when nothing that an old key signed can live any more.
    """

    kid: str
    use: KeyUse
    alg: str
    state: KeyState
    made_at: datetime
    current_from: datetime
    old_since: datetime | None
    withdraw_at: datetime | None
    wrapped: WrappedKey
    public_jwk: Mapping[str, Any] | None

    def moved(self, state: KeyState, **changes: Any) -> RingKey:
        """The key in its new state. IllegalMove for a way its life does not go."""
        if state not in _MOVES[self.state]:
            raise IllegalMove(f"A key that is {self.state} cannot become {state}.")
        if state is KeyState.WITHDRAWN:
            changes["wrapped"] = DESTROYED
        return replace(self, state=state, **changes)

    def timed(self, made_at: datetime, current_from: datetime) -> RingKey:
        return replace(self, made_at=made_at, current_from=current_from)
