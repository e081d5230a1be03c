"""Who is signed in where. Kept here and not in a cookie, so that a session can be listed and ended.

A session begins with the password alone and is good for nothing but typing the
code; with the code it is elevated and its token is replaced, so that a token known
to somebody before the sign-in opens nothing after it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, select, update

from broker.clock import new_id
from broker.errors import Refused
from broker.identity.caller import Caller
from broker.identity.factors.step_up import Method
from broker.identity.people import PERSON_COLUMNS, PERSON_TABLES, Person, person_from
from broker.identity.tables import people, sessions
from broker.store import Reader, Transaction

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
# With the password alone: long enough to find the phone, or to enrol one.
FIRST_FACTOR_LIMIT = timedelta(minutes=10)
TOUCH_EVERY = timedelta(minutes=1)
# Clocks of several nodes differ by less.
_SKEW = timedelta(minutes=1)

_TOKEN_BYTES = 32
_TOKEN_LENGTH = 43


@dataclass(frozen=True)
class Session:
    """``mfa_at`` is None while only the password was given."""

    id: str
    person: Person
    begun_at: datetime
    last_seen_at: datetime
    mfa_at: datetime | None
    mfa_method: Method | None
    device: str
    source: str

    @property
    def ends_at(self) -> datetime:
        """The absolute limit; being idle ends it sooner."""
        return _ends_at(self.begun_at, self.mfa_at)

    def is_live(self, now: datetime) -> bool:
        within = is_within_limits(self.begun_at, self.last_seen_at, self.mfa_at, now)
        return within and not self.person.disabled


@dataclass(frozen=True)
class Opened:
    """``token`` goes into the cookie and nowhere else; only its digest is kept."""

    session_id: str
    token: str


class SessionOver(Refused):
    """The token opens nothing any more: sign in again, and come back to what was being done."""

    def __init__(self) -> None:
        super().__init__("Your session is over.", help="Sign in again.")


def begin(tx: Transaction, person_id: str, caller: Caller) -> Opened:
    """A session that has seen the password only."""
    opened = Opened(new_id("session"), _new_token())
    tx.execute(
        insert(sessions).values(
            id=opened.session_id,
            person_id=person_id,
            token_digest=token_digest(opened.token),
            begun_at=tx.at,
            last_seen_at=tx.at,
            device=caller.device,
            source=caller.source,
        )
    )
    return opened


def elevate(tx: Transaction, token: str, method: Method) -> Opened:
    """A second factor was proved just now: a new token, and the old one is dead. SessionOver when it is."""
    session = look_up(tx, token)
    fresh = _new_token()
    changed = tx.execute(
        update(sessions)
        .where(sessions.c.token_digest == token_digest(token), sessions.c.ended_at.is_(None))
        .values(token_digest=token_digest(fresh), mfa_at=tx.at, mfa_method=method.value, last_seen_at=tx.at)
    )
    if session is None or changed.rowcount != 1:
        raise SessionOver
    return Opened(session.id, fresh)


def look_up(reader: Reader, token: str) -> Session | None:
    """The live session of ``token`` with its person: one indexed SELECT, no write."""
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    rows = reader.all(_BY_TOKEN, {"digest": token_digest(token)})
    session = _from(rows) if rows else None
    return session if session is not None and session.is_live(reader.at) else None


def is_within_limits(
    begun_at: datetime, last_seen_at: datetime, mfa_at: datetime | None, now: datetime
) -> bool:
    """The rule behind ``Session.is_live``, for those who read no more of a session than this."""
    # Seen in the future means that the clock was set back: nobody can say how old it is.
    return -_SKEW <= now - last_seen_at < IDLE_LIMIT and now < _ends_at(begun_at, mfa_at)


def touch_is_due(last_seen_at: datetime, now: datetime) -> bool:
    return now - last_seen_at >= TOUCH_EVERY


def touch(tx: Transaction, session: Session) -> None:
    """Note that it was used; once a minute is enough, so that most requests write nothing."""
    tx.execute(
        update(sessions)
        .where(
            sessions.c.id == session.id,
            sessions.c.ended_at.is_(None),
            sessions.c.last_seen_at <= tx.at - TOUCH_EVERY,
        )
        .values(last_seen_at=tx.at)
    )


def sessions_of(reader: Reader, person_id: str) -> list[Session]:
    """The live sessions of one person, the latest used first."""
    newest = _open_sessions().where(sessions.c.person_id == person_id)
    rows = reader.all(newest.order_by(sessions.c.last_seen_at.desc(), sessions.c.id))
    found = [_from(list(group)) for _, group in groupby(rows, key=lambda row: row.session_id)]
    return [session for session in found if session.is_live(reader.at)]


def fresh_enough(mfa_at: datetime | None, window: timedelta, now: datetime) -> bool:
    """Whether a session's second factor was proved, and less than ``window`` ago."""
    return mfa_at is not None and timedelta(0) <= now - mfa_at < window


def _open_sessions() -> Select[Any]:
    return (
        select(
            *PERSON_COLUMNS,
            sessions.c.id.label("session_id"),
            sessions.c.begun_at,
            sessions.c.last_seen_at,
            sessions.c.mfa_at,
            sessions.c.mfa_method,
            sessions.c.device,
            sessions.c.source,
        )
        .select_from(PERSON_TABLES.join(sessions, sessions.c.person_id == people.c.id))
        .where(sessions.c.ended_at.is_(None))
    )


# Asked at every request and before every chunk of a recording: putting the statement together takes longer.
_BY_TOKEN = _open_sessions().where(sessions.c.token_digest == bindparam("digest"))


def _from(rows: Sequence[Row[Any]]) -> Session:
    first = rows[0]
    return Session(
        id=first.session_id,
        person=person_from(rows),
        begun_at=first.begun_at,
        last_seen_at=first.last_seen_at,
        mfa_at=first.mfa_at,
        mfa_method=None if first.mfa_method is None else Method(first.mfa_method),
        device=first.device,
        source=first.source,
    )


def _ends_at(begun_at: datetime, mfa_at: datetime | None) -> datetime:
    return begun_at + (FIRST_FACTOR_LIMIT if mfa_at is None else ABSOLUTE_LIMIT)


def _new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
