"""Requests, and what approvers said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from broker.access.decide import Verdict
from broker.access.request import RequestState
from broker.access.scope_digest import scope_digest
from broker.access.tables import access_requests, approvals
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.review.against_ledger.disagreement import Disagreement, compare
from broker.review.against_ledger.told import Batch, batches, gone, told_of
from broker.store import Reader

_STATES: Mapping[str, RequestState] = {
    "request.asked": RequestState.PENDING,
    "request.seconded": RequestState.PENDING,
    "request.approved": RequestState.APPROVED,
    "request.broke_glass": RequestState.APPROVED,
    "request.denied": RequestState.DENIED,
    "request.withdrawn": RequestState.WITHDRAWN,
    "request.lapsed": RequestState.LAPSED,
}
_YES = {"request.seconded", "request.approved"}


def look_at_requests(reader: Reader) -> Iterator[Disagreement]:
    """A request rewritten, reopened, made up or deleted, and a verdict nobody gave."""
    for batch in batches(reader, access_requests):
        if isinstance(batch, Disagreement):
            yield batch
            continue
        told = told_of(reader, ledger_entries.c.request_id, [row.id for row in batch], _STATES)
        for row in batch:
            yield from _request(row, told.get(row.id, ()))
        yield from _verdicts(reader, batch, told)
    yield from gone(reader, "request.asked", ledger_entries.c.request_id, access_requests.c.id)


def _request(row: Row[Any], entries: Sequence[Entry]) -> Iterator[Disagreement]:
    if not entries or entries[0].event != "request.asked":
        yield Disagreement("access_requests", row.id, "no entry of the ledger asked for it.")
        return
    asked, facts = entries[0], entries[0].facts
    same = ("entitlement", "path", "purpose", "reason", "approvals_needed")
    told = {
        **{name: facts[name] for name in same},
        "person_id": asked.subject,
        "patient_id": facts["patient"],
        "minutes": facts["minutes"],
        "lapses_at": datetime.fromisoformat(str(facts["lapses_at"])),
        "extends_grant": facts["extends"],
        "policy_digest": facts["policy"],
        "state": _STATES[entries[-1].event],
        "overrides_block": facts.get("overrides_block", False),
    }
    if "scope_sha256" in facts:  # not in the entries of an earlier version
        told["scope_sha256"] = facts["scope_sha256"]
    if row.factor_at is not None:  # a request of an earlier version does not hold it
        told["factor"] = facts["factor"]
    found = {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
        "minutes": row.duration_s // 60,
        "scope_sha256": scope_digest(row.scope),
        "factor": _factor(row, facts),
    }
    yield from compare("access_requests", row.id, told, found)


def _factor(row: Row[Any], facts: Mapping[str, object]) -> object:
    """The ledger's own word on the factor, with what the row says in its place."""
    told = facts.get("factor")
    if row.factor_at is None or not isinstance(told, Mapping):
        return None
    return {**told, "method": row.factor_method, "at": row.factor_at.isoformat()}


def _verdicts(reader: Reader, batch: Batch, told: Mapping[str, Sequence[Entry]]) -> Iterator[Disagreement]:
    mine = approvals.c.request_id.in_([row.id for row in batch])
    for row in reader.all(select(approvals).where(mine)):
        events = _YES if row.verdict == Verdict.APPROVE else {"request.denied"}
        own = [each for each in told.get(row.request_id, ()) if each.actor == row.approver_id]
        given = next((each for each in own if each.event in events), None)
        if given is None:
            words = f"{row.approver_id} is said to {row.verdict}, and no entry of the ledger says so."
            yield Disagreement("approvals", row.request_id, words)
