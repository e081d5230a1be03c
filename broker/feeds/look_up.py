"""What the entries of one page are about, in a handful of questions however long the page is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, or_, select

from broker.access.tables import access_requests, approvals, grants
from broker.feeds.formats.about import NOTHING, About, patient_of
from broker.ledger.entry import Recorded
from broker.patients.tables import patients
from broker.policy.decision import Path
from broker.store import Reader

# Nobody extends an extension of an extension for ever: policy caps the whole.
_LONGEST_FAMILY = 50
_ASKED, _GRANT = access_requests.c, grants.c
_COLUMNS = (
    _ASKED.id.label("request_id"),
    _ASKED.person_id,
    _ASKED.patient_id,
    _ASKED.entitlement,
    _ASKED.path,
    _ASKED.purpose,
    _ASKED.reason,
    _ASKED.site_id,
    _ASKED.extends_grant,
    _GRANT.id.label("grant_id"),
    _GRANT.kind,
    _GRANT.expires_at,
)


def abouts(reader: Reader, entries: Sequence[Recorded], *, clinic_refs: bool = False) -> Mapping[int, About]:
    """What each of ``entries`` is about, by its seq; ``clinic_refs`` fills in the clinic's own patient ids."""
    rows = _rows(reader, entries)
    by_request = {row.request_id: row for row in rows}
    by_grant = {row.grant_id: row for row in rows if row.grant_id}
    approved, emergencies = _approvers(reader, by_request), _emergencies(reader, rows)
    found = {}
    for each in entries:
        row = by_grant.get(each.entry.grant) or by_request.get(each.entry.request)
        about = NOTHING if row is None else _about(row, approved, emergencies)
        found[each.seq] = about
    return _with_references(reader, entries, found) if clinic_refs else found


def _rows(reader: Reader, entries: Iterable[Recorded]) -> list[Row[Any]]:
    asked = {each.entry.request for each in entries if each.entry.request}
    given = {each.entry.grant for each in entries if each.entry.grant}
    if not (asked or given):
        return []
    told = access_requests.outerjoin(grants, _GRANT.request_id == _ASKED.id)
    return reader.all(
        select(*_COLUMNS).select_from(told).where(or_(_ASKED.id.in_(asked), _GRANT.id.in_(given)))
    )


def _about(row: Row[Any], approved: Mapping[str, tuple[str, ...]], emergencies: Collection[str]) -> About:
    return About(
        patient=row.patient_id,
        holder=row.person_id,
        approvers=approved.get(row.request_id, ()),
        path=row.path,
        emergency=row.request_id in emergencies,
        purpose=row.purpose,
        reason=row.reason,
        entitlement=row.entitlement,
        kind=row.kind,
        site=row.site_id,
        expires_at=None if row.expires_at is None else row.expires_at.isoformat(),
    )


def _approvers(reader: Reader, requests: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    if requests:
        said_yes = (approvals.c.request_id.in_(requests)) & (approvals.c.verdict == "approve")
        chosen = select(approvals.c.request_id, approvals.c.approver_id).where(said_yes)
        for row in reader.all(chosen.order_by(approvals.c.at, approvals.c.approver_id)):
            found[row.request_id].append(row.approver_id)
    return {request: tuple(who) for request, who in found.items()}


def _emergencies(reader: Reader, rows: Sequence[Row[Any]]) -> frozenset[str]:
    """The requests whose first grant broke the glass: an extension is as much an emergency as what it extends."""
    found = {row.request_id for row in rows if row.path == Path.BREAK_GLASS}
    sought = {row.request_id: row.extends_grant for row in rows if row.path == Path.EXTENSION}
    for _ in range(_LONGEST_FAMILY):
        parents = {grant for grant in sought.values() if grant}
        if not parents:
            break
        joined = grants.join(access_requests, _ASKED.id == _GRANT.request_id)
        query = select(_GRANT.id, _ASKED.path, _ASKED.extends_grant).select_from(joined)
        known = {row.id: row for row in reader.all(query.where(_GRANT.id.in_(parents)))}
        found |= {asked for asked, grant in sought.items() if _broke(known.get(grant))}
        sought = {asked: _further(known.get(grant)) for asked, grant in sought.items()}
    return frozenset(found)


def _broke(row: Row[Any] | None) -> bool:
    return row is not None and row.path == Path.BREAK_GLASS


def _further(row: Row[Any] | None) -> str | None:
    return row.extends_grant if row is not None and row.path == Path.EXTENSION else None


def _with_references(
    reader: Reader, entries: Sequence[Recorded], found: Mapping[int, About]
) -> Mapping[int, About]:
    of = {each.seq: patient_of(each, found[each.seq]) for each in entries}
    wanted = {patient for patient in of.values() if patient}
    if not wanted:
        return found
    rows = reader.all(select(patients.c.id, patients.c.clinic_ref).where(patients.c.id.in_(wanted)))
    known = {row.id: row.clinic_ref for row in rows}
    return {seq: replace(about, patient_ref=known.get(of[seq] or "")) for seq, about in found.items()}
