"""What of the ledger is the end of something other software may hold, and which tokens end with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from broker.credentials.signals.said import Event, Said, access_ended, token_ended
from broker.credentials.tokens.tables import access_tokens
from broker.ledger.entry import Recorded
from broker.store import Reader

# The ledger's own time may run a little ahead of a commit's.
_SAME_COMMIT = timedelta(seconds=2)


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


_TOKENS = select(
    access_tokens.c.jti,
    access_tokens.c.audience,
    access_tokens.c.grant_id,
    access_tokens.c.authorization_details,
    access_tokens.c.expires_at,
    access_tokens.c.revoked_at,
)
_OF_GRANT = _TOKENS.where(access_tokens.c.grant_id == bindparam("grant"))


def _access(reader: Reader, issuer: str, recorded: Recorded) -> Iterator[Over]:
    entry, at = recorded.entry, recorded.at
    grant_id, cause = str(entry.grant), str(entry.facts.get("cause", ""))
    tokens = reader.all(_OF_GRANT, {"grant": grant_id})
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


def _named_tokens(reader: Reader, issuer: str, recorded: Recorded) -> Iterator[Over]:
    entry = recorded.entry
    named = entry.facts.get("tokens")
    jtis = [str(each) for each in named] if isinstance(named, list) else []
    for token in reader.all(_TOKENS.where(access_tokens.c.jti.in_(jtis))):
        yield _token(token, issuer, token.grant_id, str(entry.facts.get("why", "")), recorded.at)


def _of_whoever_is_shut_out(reader: Reader, issuer: str, recorded: Recorded) -> Iterator[Over]:
    """The tokens that ended by this very entry: it names a person or a client, and no token."""
    entry, row = recorded.entry, access_tokens.c
    client = entry.facts.get("client")
    theirs = row.client_id == client if entry.event == "client.disabled" else row.person_id == entry.subject
    since = min(recorded.at, reader.at) - _SAME_COMMIT
    for token in reader.all(_TOKENS.where(theirs, row.revoked_at.between(since, recorded.at))):
        yield _token(token, issuer, token.grant_id, "shut_out", recorded.at)


_ENDS: Mapping[str, Callable[[Reader, str, Recorded], Iterator[Over]]] = {
    "grant.revoking": _access,
    "token.revoked": _named_tokens,
    "client.disabled": _of_whoever_is_shut_out,
    "person.disabled": _of_whoever_is_shut_out,
    "session.ended": _of_whoever_is_shut_out,
}
