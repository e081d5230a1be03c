"""Who could open something of one patient in an emergency, and what was seen to be opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from broker.access.tables import access_requests, grants
from broker.errors import Invalid
from broker.identity.tables import people
from broker.notes.note import shown
from broker.notes.note_box import NoteBox
from broker.policy.catalog import Catalog, Entitlement
from broker.policy.decision import Path
from broker.review.disclosures.known import opened_under, roles_held
from broker.review.disclosures.period import Period
from broker.sites.tables import sites
from broker.store import Reader

# One document is read by one person: more than this is asked for year by year.
MOST = 5_000
_NOBODY = "Staff"


@dataclass(frozen=True)
class Access:
    """One grant. ``where`` is a site's name, empty for what the broker itself holds; times are UTC.

    ``times_opened`` counts what the broker and the site saw, from ``first_opened`` to ``last_opened``.
    ``note`` is the holder's own, as a page shows it.
    """

    grant_id: str
    request_id: str
    name: str
    roles: str
    what: str
    kind: str
    where: str
    purpose_code: str
    purpose: str
    reason: str
    broke_glass: bool
    began_at: datetime
    ended_at: datetime
    times_opened: int
    first_opened: datetime | None
    last_opened: datetime | None
    note: str


def accesses_to(
    reader: Reader, catalog: Catalog, notes: NoteBox, patient_id: str, period: Period
) -> tuple[Access, ...]:
    """Every access to this patient that began in the period, the oldest first. Invalid when there are too many."""
    rows = reader.all(_granted(patient_id, period))
    if len(rows) > MOST:
        raise Invalid(
            "Too many for one document.", {"from": f"There are more than {MOST}: ask for less time."}
        )
    opened = opened_under(reader, [row.id for row in rows])
    roles = roles_held(reader, {row.person_id for row in rows})
    written = notes.notes_of(reader, [row.request_id for row in rows])
    return tuple(
        _access(
            row,
            catalog,
            opened.get(row.id),
            roles.get(row.person_id, ()),
            written=shown(written.get(row.request_id)),
        )
        for row in rows
    )


def _granted(patient_id: str, period: Period) -> Select[Any]:
    told = (
        grants.join(access_requests, access_requests.c.id == grants.c.request_id)
        .outerjoin(people, people.c.id == grants.c.person_id)
        .outerjoin(sites, sites.c.id == grants.c.site_id)
    )
    mine = (grants.c.patient_id == patient_id) & (grants.c.issued_at >= period.begins_at)
    return (
        select(*_COLUMNS)
        .select_from(told)
        .where(mine, grants.c.issued_at < period.ends_before)
        .order_by(grants.c.issued_at, grants.c.id)
        .limit(MOST + 1)
    )


def _role_words(catalog: Catalog, offered: Entitlement | None, held: Sequence[str]) -> str:
    """The roles by which somebody could ask for this; what else they are here is nobody's business."""
    asking = [role for role in held if offered is None or role in offered.who]
    return ", ".join(catalog.roles.get(role, role) for role in asking) or _NOBODY


def _access(
    row: Row[Any], catalog: Catalog, opened: Row[Any] | None, held: Sequence[str], *, written: str
) -> Access:
    offered = catalog.entitlements.get(row.entitlement)
    return Access(
        grant_id=row.id,
        request_id=row.request_id,
        name=row.name or row.person_id,
        roles=_role_words(catalog, offered, held),
        what=offered.title if offered else row.entitlement,
        kind=row.kind,
        where=row.site or "",
        purpose_code=row.purpose,
        purpose=catalog.purposes.get(row.purpose, row.purpose),
        reason=catalog.reasons.get(row.reason, row.reason),
        broke_glass=row.path == Path.BREAK_GLASS,
        began_at=row.active_at or row.issued_at,
        ended_at=min(row.revoking_at or row.expires_at, row.expires_at),
        times_opened=opened.times if opened else 0,
        first_opened=opened.first if opened else None,
        last_opened=opened.last if opened else None,
        note=written,
    )


_COLUMNS = (
    grants.c.id,
    grants.c.request_id,
    grants.c.person_id,
    people.c.name,
    grants.c.entitlement,
    grants.c.kind,
    sites.c.title.label("site"),
    access_requests.c.purpose,
    access_requests.c.reason,
    access_requests.c.path,
    grants.c.issued_at,
    grants.c.active_at,
    grants.c.revoking_at,
    grants.c.expires_at,
)
