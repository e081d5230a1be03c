"""The lists people look at: what is theirs, what waits for them, what was decided lately."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_

from broker.access.grant import LIVE, Grant, GrantState, grant_of
from broker.access.request import AccessRequest, RequestState, request_of
from broker.access.tables import access_requests, approvals, grants
from broker.identity.people import Person
from broker.policy.catalog import Catalog
from broker.policy.who_may import may_decide
from broker.store import Reader

LATELY = timedelta(hours=24)


def requests_by(reader: Reader, person_id: str, *, most: int = 20) -> list[AccessRequest]:
    """What a person asked for, newest first."""
    own = select(access_requests).where(access_requests.c.person_id == person_id)
    return _requests(reader, own.order_by(access_requests.c.asked_at.desc()).limit(most))


def requests_page(
    reader: Reader,
    *,
    person_id: str | None = None,
    state: RequestState | None = None,
    after: tuple[datetime, str] | None = None,
    most: int,
) -> list[AccessRequest]:
    """Anybody's or one person's requests, newest first, from the one after ``after`` (its time and id) on."""
    asked = access_requests.c
    query = select(access_requests).order_by(asked.asked_at.desc(), asked.id.desc()).limit(most)
    if person_id is not None:
        query = query.where(asked.person_id == person_id)
    if state is not None:
        query = query.where(*_in_state(state, reader.at))
    if after is not None:
        query = query.where(tuple_(asked.asked_at, asked.id) < tuple_(*after))
    return _requests(reader, query)


def live_grants_of(reader: Reader, person_id: str) -> list[Grant]:
    """What a person can open now or is about to, the first to end first."""
    live = (grants.c.person_id == person_id) & grants.c.state.in_(LIVE) & (grants.c.expires_at > reader.at)
    rows = reader.all(select(grants).where(live).order_by(grants.c.expires_at))
    return [grant_of(row) for row in rows if row.id not in reader.ended]


def ending_grants_of(reader: Reader, person_id: str) -> list[Grant]:
    """A person's grants that a site still has to confirm the end of."""
    ending = (grants.c.person_id == person_id) & (grants.c.state == GrantState.REVOKING)
    return [grant_of(row) for row in reader.all(select(grants).where(ending).order_by(grants.c.expires_at))]


def waiting_for(
    reader: Reader, catalog: Catalog, approver: Person, *, most: int = 200
) -> list[AccessRequest]:
    """Pending requests this person may decide and has not decided yet, oldest first."""
    pending = (access_requests.c.state == RequestState.PENDING) & (access_requests.c.lapses_at > reader.at)
    oldest = select(access_requests).where(pending).order_by(access_requests.c.asked_at).limit(most)
    decided = _decided_by(reader, approver.id)
    return [each for each in _requests(reader, oldest) if _waits_for(catalog, approver, each, decided)]


def closed_lately(reader: Reader, *, within: timedelta = LATELY, most: int = 10) -> list[AccessRequest]:
    """Requests that came to an answer, newest first; those who withdrew theirs are nobody's news."""
    answered = [RequestState.APPROVED, RequestState.DENIED, RequestState.LAPSED]
    recent = access_requests.c.state.in_(answered) & (access_requests.c.closed_at > reader.at - within)
    newest = select(access_requests).where(recent).order_by(access_requests.c.closed_at.desc())
    return _requests(reader, newest.limit(most))


def _in_state(state: RequestState, now: datetime) -> list[ColumnElement[bool]]:
    # One past its time is lapsed, swept or not.
    asked = access_requests.c
    if state is RequestState.PENDING:
        return [asked.state == state, asked.lapses_at > now]
    if state is RequestState.LAPSED:
        late = (asked.state == RequestState.PENDING) & (asked.lapses_at <= now)
        return [(asked.state == state) | late]
    return [asked.state == state]


def _waits_for(catalog: Catalog, approver: Person, request: AccessRequest, decided: Collection[str]) -> bool:
    entitlement = catalog.entitlements.get(request.entitlement)
    if entitlement is None or request.id in decided:
        return False
    roles = [str(role) for role in approver.roles]
    return may_decide(entitlement, roles, approver.id, request.person_id).met


def _decided_by(reader: Reader, approver_id: str) -> set[str]:
    still_pending = (
        select(approvals.c.request_id)
        .join(access_requests, access_requests.c.id == approvals.c.request_id)
        .where(approvals.c.approver_id == approver_id, access_requests.c.state == RequestState.PENDING)
    )
    return {row.request_id for row in reader.all(still_pending)}


def _requests(reader: Reader, query: Select[Any]) -> list[AccessRequest]:
    return [request_of(row) for row in reader.all(query)]
