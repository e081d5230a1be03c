"""A grant's life: one table of moves, one function that moves, one rule for "may it be used now"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from broker.access.tables import grants
from broker.errors import Conflict, IllegalMove, NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction


class GrantState(StrEnum):
    ISSUED = "issued"
    ACTIVATING = "activating"
    ACTIVE = "active"
    REVOKING = "revoking"
    REVOKED = "revoked"


MOVES: Mapping[GrantState, frozenset[GrantState]] = {
    GrantState.ISSUED: frozenset({GrantState.ACTIVATING, GrantState.REVOKED}),
    # The outcome of a push may stay unknown: then it is taken back as if it had worked.
    GrantState.ACTIVATING: frozenset({GrantState.ACTIVE, GrantState.REVOKING}),
    GrantState.ACTIVE: frozenset({GrantState.REVOKING}),
    # Never abandoned: revoking stays revoking until the site was read back.
    GrantState.REVOKING: frozenset({GrantState.REVOKED}),
    GrantState.REVOKED: frozenset(),
}

LIVE = frozenset({GrantState.ISSUED, GrantState.ACTIVATING, GrantState.ACTIVE})


class Cause(StrEnum):
    """Why a grant ends. Expiry is a cause, not a state."""

    EXPIRED = "expired"
    HANDED_BACK = "handed_back"
    ENDED_BY_SECURITY = "ended_by_security"
    PUSH_REFUSED = "push_refused"


@dataclass(frozen=True)
class Grant:
    """What one person may open, until when. Times are UTC."""

    id: str
    request_id: str
    person_id: str
    patient_id: str
    entitlement: str
    kind: str
    scope: Mapping[str, Any]
    site_id: str | None
    account: str | None
    lease_version: int | None
    state: GrantState
    issued_at: datetime
    expires_at: datetime
    active_at: datetime | None
    revoking_at: datetime | None
    revoked_at: datetime | None
    cause: Cause | None
    tries: int
    next_try_at: datetime | None
    unconfirmed_at: datetime | None
    fault: str | None
    extends_grant: str | None
    family_began_at: datetime

    def is_effective(self, now: datetime) -> bool:
        """Whether it may be used at ``now``: false at ``expires_at``, whether or not anybody swept."""
        return is_effective(self.state, self.issued_at, self.expires_at, now)

    def is_live(self, now: datetime) -> bool:
        """Whether it is, or is about to become, effective."""
        return self.state in LIVE and now < self.expires_at

    def left(self, now: datetime) -> timedelta:
        return max(self.expires_at - now, timedelta())

    @property
    def on_site(self) -> bool:
        return self.site_id is not None


def is_effective(state: GrantState, issued_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """The rule behind ``Grant.is_effective``, for those who read no more of a grant than this."""
    return state is GrantState.ACTIVE and issued_at <= now < expires_at


_BY_ID = select(grants).where(grants.c.id == bindparam("grant"))
# Asked before every chunk of a recording, so it reads no more than the answer needs.
_WHETHER_EFFECTIVE = select(grants.c.state, grants.c.issued_at, grants.c.expires_at).where(
    grants.c.id == bindparam("grant")
)


def insert_grant(tx: Transaction, grant: Grant) -> None:
    tx.execute(grants.insert().values(**{**vars(grant), "scope": dict(grant.scope)}))


def get_grant(reader: Reader, grant_id: str) -> Grant:
    """The grant, or NotFound."""
    row = reader.one_or_none(_BY_ID, {"grant": grant_id})
    if row is None:
        raise NotFound("There is no such access.", help="Look for it on your home page.")
    return as_known(reader, grant_of(row))


def grant_of_request(reader: Reader, request_id: str) -> Grant | None:
    """The grant that came of a request, None when none did."""
    row = reader.one_or_none(select(grants).where(grants.c.request_id == request_id))
    return None if row is None else as_known(reader, grant_of(row))


def grant_of(row: Row[Any]) -> Grant:
    """The frozen value of one row of the table."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    values["state"] = GrantState(values["state"])
    values["cause"] = None if values["cause"] is None else Cause(values["cause"])
    return Grant(**values)


def as_known(reader: Reader, grant: Grant) -> Grant:
    """The grant as its row has it, unless it ended while nothing could be written."""
    ended = reader.ended.get(grant.id)
    if ended is None or grant.state not in LIVE:
        return grant
    cause, at = Cause(ended.cause), ended.at
    if ended.read_back or not grant.on_site or grant.lease_version is None:
        return replace(grant, state=GrantState.REVOKED, revoking_at=at, revoked_at=at, cause=cause)
    return replace(grant, state=GrantState.REVOKING, revoking_at=at, cause=cause)


def grant_is_effective(reader: Reader, grant_id: str, now: datetime) -> bool:
    """The one question asked at every use, from the database and from what could not be written into it."""
    if grant_id in reader.ended:
        return False
    row = reader.one_or_none(_WHETHER_EFFECTIVE, {"grant": grant_id})
    return row is not None and is_effective(GrantState(row.state), row.issued_at, row.expires_at, now)


def move_grant(
    tx: Transaction, ledger: Ledger, grant: Grant, to: GrantState, entry: Entry, **changes: Any
) -> Grant:
    """Move along the table and record it. IllegalMove off the table, Conflict when somebody else moved first."""
    if to not in MOVES[grant.state]:
        raise IllegalMove(f"A grant that is {grant.state} cannot become {to}.")
    unmoved = (grants.c.id == grant.id) & (grants.c.state == grant.state)
    if tx.execute(update(grants).where(unmoved).values(state=to, **changes)).rowcount != 1:
        raise Conflict("This access changed while you were looking at it.", help="Look at it again.")
    ledger.append(tx, entry)
    return get_grant(tx, grant.id)
