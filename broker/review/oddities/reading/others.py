"""What happened beside the grants: answers, refusals, and tries after the end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from broker.access.decide import Verdict
from broker.access.tables import access_requests, approvals, grants
from broker.ledger.body import decompose
from broker.ledger.entry import Recorded
from broker.ledger.tables import ledger_entries
from broker.policy.decision import Path
from broker.review.oddities.found import Answer, Knock, No
from broker.store import Reader

MOST_READ = 20_000
# Fields by which policy said no; the rest are slips of the finger.
_NO_BY_POLICY = {"entitlement", "purpose", "duration"}
_OVER = {"grant_ended", "expired"}


def answers_since(reader: Reader, since: datetime) -> tuple[Answer, ...]:
    """Who decided requests, for whom and when."""
    columns = select(approvals.c.approver_id, approvals.c.at, access_requests.c.person_id)
    decided = columns.join(access_requests, access_requests.c.id == approvals.c.request_id)
    rows = reader.all(decided.where(approvals.c.at > since).order_by(approvals.c.at.desc()).limit(MOST_READ))
    return tuple(Answer(row.approver_id, row.person_id, row.at) for row in rows)


def noes_since(reader: Reader, since: datetime) -> tuple[No, ...]:
    """What approvers denied, and what policy refused on the ordinary way."""
    columns = select(access_requests.c.person_id, access_requests.c.patient_id, approvals.c.at)
    denied = columns.join(access_requests, access_requests.c.id == approvals.c.request_id)
    said_no = (approvals.c.verdict == Verdict.DENY) & (approvals.c.at > since)
    by_people = [
        No(row.person_id, row.patient_id, row.at)
        for row in reader.all(denied.where(said_no).limit(MOST_READ))
    ]
    refused = _entries(reader, "request.refused", since)
    return (*by_people, *(No(each.entry.actor, None, each.at) for each in refused if _by_policy(each)))


def knocks_since(reader: Reader, since: datetime) -> tuple[Knock, ...]:
    """Links used once the access had ended, and what sites refused an account after the end."""
    links = [
        Knock(str(each.entry.subject or each.entry.actor), str(each.entry.grant), each.at)
        for each in _entries(reader, "link.refused", since)
        if each.entry.facts.get("reason") in _OVER and each.entry.grant
    ]
    return (*links, *_denied_on_sites(reader, since))


def _by_policy(refused: Recorded) -> bool:
    facts = refused.entry.facts
    fields = set(facts["fields"]) if isinstance(facts["fields"], list) else set()
    return facts.get("path") == Path.ORDINARY and (not fields or bool(fields & _NO_BY_POLICY))


def _denied_on_sites(reader: Reader, since: datetime) -> list[Knock]:
    denied = [
        each
        for each in _entries(reader, "site.event", since)
        if each.entry.facts.get("kind") == "denied" and each.entry.grant
    ]
    ends = _ends(reader, {str(each.entry.grant) for each in denied})
    knocks = []
    for each in denied:
        grant_id = str(each.entry.grant)
        seen_at = datetime.fromisoformat(str(each.entry.facts["seen_at"]))
        person_id, ended_at = ends.get(grant_id, ("", None))
        if ended_at is not None and seen_at >= ended_at:
            knocks.append(Knock(person_id, grant_id, seen_at))
    return knocks


def _ends(reader: Reader, grant_ids: set[str]) -> dict[str, tuple[str, datetime]]:
    columns = select(grants.c.id, grants.c.person_id, grants.c.expires_at, grants.c.revoking_at)
    rows = reader.all(columns.where(grants.c.id.in_(grant_ids)))
    return {row.id: (row.person_id, min(row.expires_at, row.revoking_at or row.expires_at)) for row in rows}


def _entries(reader: Reader, event: str, since: datetime) -> list[Recorded]:
    happened = (ledger_entries.c.event == event) & (ledger_entries.c.at > since)
    newest = select(ledger_entries.c.body, ledger_entries.c.digest).where(happened)
    rows = reader.all(newest.order_by(ledger_entries.c.at.desc()).limit(MOST_READ))
    return [decompose(row.body, row.digest) for row in rows]
