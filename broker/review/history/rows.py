"""A grant told in one row: who, what, whose, when, how it ended, whether somebody looked at it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from broker.access.grant import LIVE, Cause, GrantState
from broker.access.tables import access_requests, grants, reviews
from broker.identity.tables import people
from broker.patients.tables import patients
from broker.policy.catalog import Catalog
from broker.policy.decision import Path
from broker.review.queue.outcome import Outcome
from broker.store import Reader


@dataclass(frozen=True)
class HistoryRow:
    """One grant as the history shows it. ``patient_ref`` is for the screen only; times are UTC."""

    grant_id: str
    request_id: str
    person_id: str
    person: str
    entitlement: str
    title: str
    kind: str
    patient_id: str
    patient_ref: str
    site_id: str | None
    state: GrantState
    cause: Cause | None
    path: str
    purpose: str
    reason: str
    issued_at: datetime
    expires_at: datetime
    active_at: datetime | None
    revoked_at: datetime | None
    unconfirmed_at: datetime | None
    review_due_at: datetime | None
    review_outcome: Outcome | None
    review_signed_at: datetime | None

    @property
    def broke_glass(self) -> bool:
        return self.path == Path.BREAK_GLASS

    @property
    def is_unconfirmed(self) -> bool:
        """Whether its site has still not said that it is gone."""
        return self.state is GrantState.REVOKING and self.unconfirmed_at is not None

    def is_live(self, now: datetime) -> bool:
        """As ``Grant.is_live``: false once it expired, whether or not anybody swept."""
        return self.state in LIVE and now < self.expires_at


def select_rows() -> Select[Any]:
    """Every grant as a row; to be narrowed and ordered by columns of ``grants``."""
    # The joins only add words to grants that were chosen already; outer, so that no planner starts from them.
    told = (
        grants.outerjoin(access_requests, access_requests.c.id == grants.c.request_id)
        .outerjoin(people, people.c.id == grants.c.person_id)
        .outerjoin(patients, patients.c.id == grants.c.patient_id)
        .outerjoin(reviews, reviews.c.grant_id == grants.c.id)
    )
    return select(*_COLUMNS).select_from(told)


def rows_of(reader: Reader, catalog: Catalog, grant_ids: Collection[str]) -> dict[str, HistoryRow]:
    """The rows of some grants by id; an unknown id is left out."""
    found = reader.all(select_rows().where(grants.c.id.in_(grant_ids)))
    return {row.grant_id: row_of(row, catalog) for row in found}


def row_of(row: Row[Any], catalog: Catalog) -> HistoryRow:
    """The frozen value of one row of ``select_rows``. What policy no longer offers goes by its id."""
    offered = catalog.entitlements.get(row.entitlement)
    said = {
        "title": offered.title if offered else row.entitlement,
        "person": row.person or row.person_id,
        "patient_ref": row.patient_ref or row.patient_id,
        "state": GrantState(row.state),
        "cause": None if row.cause is None else Cause(row.cause),
        "review_outcome": None if row.review_outcome is None else Outcome(row.review_outcome),
    }
    return HistoryRow(**{**row._mapping, **said})  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


_COLUMNS = (
    grants.c.id.label("grant_id"),
    grants.c.request_id,
    grants.c.person_id,
    people.c.name.label("person"),
    grants.c.entitlement,
    grants.c.kind,
    grants.c.patient_id,
    patients.c.clinic_ref.label("patient_ref"),
    grants.c.site_id,
    grants.c.state,
    grants.c.cause,
    access_requests.c.path,
    access_requests.c.purpose,
    access_requests.c.reason,
    grants.c.issued_at,
    grants.c.expires_at,
    grants.c.active_at,
    grants.c.revoked_at,
    grants.c.unconfirmed_at,
    reviews.c.due_at.label("review_due_at"),
    reviews.c.outcome.label("review_outcome"),
    reviews.c.signed_at.label("review_signed_at"),
)
