"""Grants as the signals see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Row, select

from broker.access.decide import Verdict
from broker.access.tables import access_requests, approvals, grants
from broker.ledger.tables import ledger_entries
from broker.notes.note_box import NoteBox
from broker.policy.decision import Path
from broker.review.oddities.found import Earlier, Use
from broker.store import Reader

# Of a month with more than these the newest are looked at: it has to be done every few minutes.
MOST_READ = 20_000
BATCH = 500
_OF_USE = ("link.exchanged", "token.issued", "code.allowed", "site.event")
_INSTEAD = "instead_of_"


def uses_since(reader: Reader, notes: NoteBox, since: datetime, zone: tzinfo) -> tuple[Use, ...]:
    """Grants issued since then, oldest first."""
    found = (
        select(
            grants.c.id,
            grants.c.request_id,
            grants.c.person_id,
            grants.c.patient_id,
            grants.c.site_id,
            grants.c.issued_at,
            grants.c.expires_at,
            grants.c.revoked_at,
            access_requests.c.path,
            access_requests.c.submission,
        )
        .join(access_requests, access_requests.c.id == grants.c.request_id)
        .where(grants.c.issued_at > since)
        .order_by(grants.c.issued_at.desc(), grants.c.id.desc())
        .limit(MOST_READ)
    )
    rows = reader.all(found)[::-1]
    telling = _sites_that_tell(reader, since)
    uses: list[Use] = []
    for begin in range(0, len(rows), BATCH):
        uses += _batch(reader, notes, rows[begin : begin + BATCH], telling, zone)
    return tuple(uses)


def earlier_between(reader: Reader, begin: datetime, end: datetime, zone: tzinfo) -> tuple[Earlier, ...]:
    """Who had access at which hours before."""
    between = (grants.c.issued_at > begin) & (grants.c.issued_at <= end)
    newest = select(grants.c.person_id, grants.c.issued_at).where(between)
    rows = reader.all(newest.order_by(grants.c.issued_at.desc()).limit(MOST_READ))
    return tuple(Earlier(row.person_id, row.issued_at.astimezone(zone).hour) for row in rows)


def _batch(
    reader: Reader, notes: NoteBox, rows: Sequence[Row[Any]], telling: set[str], zone: tzinfo
) -> Iterable[Use]:
    asked = [row.request_id for row in rows]
    written = notes.notes_of(reader, asked)
    said_yes = _approvers(reader, asked)
    used = _used(reader, [row.id for row in rows])
    for row in rows:
        note = written.get(row.request_id)
        yield Use(
            grant_id=row.id,
            person_id=row.person_id,
            patient_id=row.patient_id,
            at=row.issued_at,
            hour=row.issued_at.astimezone(zone).hour,
            ended_at=row.revoked_at or row.expires_at,
            broke_glass=row.path == Path.BREAK_GLASS,
            waited=row.submission.startswith(_INSTEAD),
            approvers=tuple(said_yes.get(row.request_id, ())),
            note=note.text if note else "",
            used=True if row.id in used else _unknown_or_not(row.site_id, telling),
        )


def _unknown_or_not(site_id: str | None, telling: set[str]) -> bool | None:
    """Where a site tells nothing, nobody could have seen a use."""
    return False if site_id is None or site_id in telling else None


def _approvers(reader: Reader, request_ids: Sequence[str]) -> Mapping[str, list[str]]:
    yes = (approvals.c.verdict == Verdict.APPROVE) & approvals.c.request_id.in_(request_ids)
    found: dict[str, list[str]] = defaultdict(list)
    columns = select(approvals.c.request_id, approvals.c.approver_id).where(yes)
    for row in reader.all(columns.order_by(approvals.c.at)):
        found[row.request_id].append(row.approver_id)
    return found


def _used(reader: Reader, grant_ids: Sequence[str]) -> set[str]:
    of_use = ledger_entries.c.grant_id.in_(grant_ids) & ledger_entries.c.event.in_(_OF_USE)
    return {row.grant_id for row in reader.all(select(ledger_entries.c.grant_id).where(of_use).distinct())}


def _sites_that_tell(reader: Reader, since: datetime) -> set[str]:
    told = (ledger_entries.c.event == "site.event") & (ledger_entries.c.at > since)
    actors = reader.all(select(ledger_entries.c.actor_id).where(told).distinct())
    return {row.actor_id.removeprefix("site:") for row in actors}
