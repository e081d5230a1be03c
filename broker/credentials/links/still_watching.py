"""Whether a viewing may go on, asked before every chunk of a recording: one narrow look at the rows as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from broker.access.grant import GrantState, is_effective
from broker.access.tables import grants
from broker.credentials.links.tables import viewings
from broker.credentials.links.viewings import cookie_digest
from broker.identity.sessions.sessions import is_within_limits, token_digest
from broker.identity.tables import people, sessions
from broker.store import Store
from broker.store.standing_question import StandingQuestion

_QUESTION = StandingQuestion(
    select(
        grants.c.id,
        grants.c.state,
        grants.c.issued_at,
        grants.c.expires_at,
        sessions.c.begun_at,
        sessions.c.last_seen_at,
        sessions.c.mfa_at,
    )
    .select_from(viewings)
    .join(grants, grants.c.id == viewings.c.grant_id)
    # Whose viewing it is and who is signed in must be one person.
    .join(sessions, sessions.c.person_id == viewings.c.person_id)
    .join(people, people.c.id == sessions.c.person_id)
    .where(
        viewings.c.secret_sha256 == bindparam("viewing"),
        sessions.c.token_digest == bindparam("session"),
        sessions.c.ended_at.is_(None),
        sessions.c.mfa_at.is_not(None),
        people.c.disabled_at.is_(None),
    )
)


@dataclass(frozen=True)
class Watch:
    """One viewing played in one session. What never changes about a viewing was proved when it was opened."""

    store: Store
    digests: Mapping[str, str]

    @classmethod
    def of(cls, store: Store, *, cookie_value: str, session_token: str) -> Watch:
        return cls(store, {"viewing": cookie_digest(cookie_value), "session": token_digest(session_token)})

    def last_seen(self) -> datetime | None:
        """When the session was last used, None as soon as the grant, the session or the person is out."""
        # First what could not be written: once it is, the row says so.
        ended = self.store.ended()
        found = _QUESTION.ask(self.store.engine, self.digests)
        if found is None or found[0] in ended:
            return None
        _, state, issued_at, expires_at, begun_at, last_seen_at, mfa_at = found
        now = self.store.clock.now()
        goes_on = is_effective(GrantState(state), issued_at, expires_at, now) and is_within_limits(
            begun_at, last_seen_at, mfa_at, now
        )
        return last_seen_at if goes_on else None
