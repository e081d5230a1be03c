"""What of the ledger is the end of something other software may hold, and which tokens end with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from broker.credentials.signals.said import Event, Said, access_ended, token_ended
from broker.credentials.tokens.tables import access_tokens
from broker.ledger.entry import Recorded
from broker.store import Reader


@dataclass(frozen=True)
class Over:
    """Something that ended. ``audiences`` are those of the tokens it touches."""

    event: Event
    subject: str
    grant_id: str | None
    said: Said
    audiences: frozenset[str]


def what_is_over(reader: Reader, issuer: str, recorded: Recorded) -> list[Over]:
    """Nothing for an entry that ends nothing. ``issuer`` is who signs tokens and events."""
    find = _ENDS.get(recorded.entry.event)
    return list(find(reader, issuer, recorded)) if find else []


def ends_something(event: str) -> bool:
    return event in _ENDS


def _access(reader: Reader, issuer: str, recorded: Recorded) -> Iterator[Over]:
    entry, at = recorded.entry, recorded.at
    grant_id, cause = str(entry.grant), str(entry.facts.get("cause", ""))
    tokens = reader.all(select(access_tokens).where(access_tokens.c.grant_id == grant_id))
    said = access_ended(issuer, grant=grant_id, person=str(entry.subject), cause=cause, at=at)
    audiences = frozenset(token.audience for token in tokens)
    yield Over(Event.SESSION_REVOKED, grant_id, grant_id, said, audiences)
    for token in tokens:
        # One whose own time was over before, or that was taken back before, tells nobody anything.
        if token.expires_at > at and (token.revoked_at is None or token.revoked_at > at):
            yield _token(token, issuer, grant_id, cause, at)


def _token(token: Row[Any], issuer: str, grant_id: str | None, cause: str, at: datetime) -> Over:
    detailed = bool(token.authorization_details)
    said = token_ended(issuer, jti=token.jti, detailed=detailed, cause=cause, at=at)
    return Over(Event.TOKEN_CLAIMS_CHANGE, token.jti, grant_id, said, frozenset({token.audience}))


_ENDS: Mapping[str, Callable[[Reader, str, Recorded], Iterator[Over]]] = {
    "grant.revoking": _access,
}
