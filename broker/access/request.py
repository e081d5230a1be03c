"""An access request's life: one table of moves, one function that moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update

from broker.access.tables import access_requests
from broker.errors import Conflict, IllegalMove, NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction


class RequestState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.PENDING: frozenset(
        {RequestState.APPROVED, RequestState.DENIED, RequestState.WITHDRAWN, RequestState.LAPSED}
    ),
    RequestState.APPROVED: frozenset(),
    RequestState.DENIED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.LAPSED: frozenset(),
}


@dataclass(frozen=True)
class AccessRequest:
    """What somebody asked for, as policy decided it may go on.

    ``scope`` names exactly what a grant will open: ``{"holdings": [ids]}``, or
    what a site's companion understands, and ``credential`` where software may get a token.
    ``factor_method`` and ``factor_at`` tell of the factor that gated it.
    """

    id: str
    submission: str
    person_id: str
    patient_id: str
    entitlement: str
    path: str
    purpose: str
    reason: str
    duration: timedelta
    scope: Mapping[str, Any]
    site_id: str | None
    state: RequestState
    approvals_needed: int
    approver_roles: tuple[str, ...]
    policy_digest: str
    asked_at: datetime
    lapses_at: datetime
    break_glass_after: datetime | None
    review_within: timedelta | None
    closed_at: datetime | None
    extends_grant: str | None
    factor_method: str | None = None
    factor_at: datetime | None = None
    overrides_block: bool = False

    @property
    def is_pending(self) -> bool:
        return self.state is RequestState.PENDING


def insert_request(tx: Transaction, request: AccessRequest) -> None:
    values = dict(vars(request))
    values["duration_s"] = int(values.pop("duration").total_seconds())
    review_within = values.pop("review_within")
    values["review_within_s"] = None if review_within is None else int(review_within.total_seconds())
    values["scope"] = dict(request.scope)
    values["approver_roles"] = list(request.approver_roles)
    tx.execute(access_requests.insert().values(**values))


def get_request(reader: Reader, request_id: str) -> AccessRequest:
    """The request, or NotFound."""
    row = reader.one_or_none(select(access_requests).where(access_requests.c.id == request_id))
    if row is None:
        raise NotFound("There is no such request.", help="Look for it on your home page.")
    return request_of(row)


def request_of(row: Row[Any]) -> AccessRequest:
    """The frozen value of one row of the table."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    values["duration"] = timedelta(seconds=values.pop("duration_s"))
    review_s = values.pop("review_within_s")
    values["review_within"] = None if review_s is None else timedelta(seconds=review_s)
    values["state"] = RequestState(values["state"])
    values["approver_roles"] = tuple(values["approver_roles"])
    return AccessRequest(**values)


def move_request(
    tx: Transaction, ledger: Ledger, request: AccessRequest, to: RequestState, entry: Entry
) -> AccessRequest:
    """Move along the table and record it. IllegalMove off the table, Conflict when somebody else moved first."""
    if to not in MOVES[request.state]:
        raise IllegalMove(f"A request that is {request.state} cannot become {to}.")
    unmoved = (access_requests.c.id == request.id) & (access_requests.c.state == request.state)
    if tx.execute(update(access_requests).where(unmoved).values(state=to, closed_at=tx.at)).rowcount != 1:
        raise Conflict("This request moved on while you were looking at it.", help="Look at it again.")
    ledger.append(tx, entry)
    return get_request(tx, request.id)
