"""An approver answers: yes or no, once each, never on their own behalf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from broker.access.equipment import Equipment, TypedCode
from broker.access.factor_wanted import session_will_do, short_of_policy
from broker.access.grant import Grant
from broker.access.issue import issue
from broker.access.prove import prove
from broker.access.request import AccessRequest, RequestState, get_request, move_request
from broker.access.tables import approvals
from broker.errors import Conflict, Invalid, Refused
from broker.identity.factors.refusal import FactorRefused, Refusal
from broker.identity.factors.step_up import Action, Method
from broker.identity.people import Person, by_id
from broker.identity.sessions.sessions import fresh_enough
from broker.ledger.entry import Entry
from broker.notes.note import About, NoteKind
from broker.policy.who_may import may_decide
from broker.store import Reader, Transaction


class Verdict(StrEnum):
    APPROVE = "approve"
    DENY = "deny"


@dataclass(frozen=True)
class SessionFactor:
    """The factor the approver's session was opened with, and when."""

    method: str
    at: datetime


@dataclass(frozen=True)
class Decided:
    """The request as it stands now; ``grant`` once the quorum is reached; ``still_needed`` approvals until then."""

    request: AccessRequest
    grant: Grant | None
    still_needed: int


def decide(
    equipment: Equipment,
    approver: Person,
    request_id: str,
    verdict: Verdict,
    comment: str,
    factor: SessionFactor | TypedCode,
) -> Decided:
    """Record one verdict. ``factor`` is a code typed now, or the session's own when policy finds it fresh.

    Raises Refused (not an approver, own request, stale factor), Conflict
    (already decided, or decided by this approver), Invalid (a denial without a
    comment) or FactorRefused.
    """
    if verdict is Verdict.DENY and not comment.strip():
        raise Invalid("Say why.", {"comment": "Say in a few words why you deny this request."})
    with equipment.store.write() as tx:
        request = get_request(tx, request_id)
        # As they are now, not as they were when the page was opened.
        approver = by_id(tx, approver.id)
        check_may_decide(tx, equipment, approver, request)
        proof = _factor(tx, equipment, approver, Action(f"decide.{verdict}", {"request": request.id}), factor)
        if not isinstance(proof, Refusal):
            return _record(tx, equipment, approver, request, verdict, comment.strip(), proof)
    raise FactorRefused(proof)


def needs_code(
    equipment: Equipment, request: AccessRequest, session: SessionFactor | None, now: datetime
) -> bool:
    """Whether this approver must type a code on the page, because the session's factor is no longer fresh."""
    # A provider's word opens a session, but no act: nobody here saw the factor.
    if session is None or session.method == Method.SSO.value:
        return True
    if not session_will_do(equipment.catalog, request.entitlement, session.method):
        return True
    return not fresh_enough(session.at, _freshness(equipment, request), now)


def check_may_decide(reader: Reader, equipment: Equipment, approver: Person, request: AccessRequest) -> None:
    """Refused with policy's words, or Conflict when there is nothing left to decide."""
    entitlement = equipment.catalog.entitlements.get(request.entitlement)
    roles = frozenset(str(role) for role in approver.roles)
    if entitlement is None:
        raise Refused("Policy no longer offers this.", help="It lapses by itself; nothing is granted.")
    answer = may_decide(entitlement, roles, approver.id, request.person_id)
    if approver.disabled:
        raise Refused("Your account was switched off.", help="Ask an administrator.")
    if not answer.met:
        raise Refused(answer.words, help="It waits for another approver.")
    if not request.is_pending:
        raise Conflict(f"This request is {request.state} already.", help="Nothing is left for you to do.")
    if request.lapses_at <= reader.at:
        raise Conflict("This request has lapsed.", help="The person can ask again.")
    if any(row.approver_id == approver.id for row in verdicts(reader, request.id)):
        raise Conflict(
            "You have decided this request already.", help="Another approver has to decide as well."
        )


def verdicts(reader: Reader, request_id: str) -> list[Any]:
    """Rows (approver_id, verdict, at) in the order they came; what was said with them is in the notes."""
    return reader.all(select(approvals).where(approvals.c.request_id == request_id).order_by(approvals.c.at))


def _freshness(equipment: Equipment, request: AccessRequest) -> timedelta:
    entitlement = equipment.catalog.entitlements.get(request.entitlement)
    return (entitlement.approvals.factor_fresh_for if entitlement else None) or timedelta()


def _factor(
    tx: Transaction, equipment: Equipment, approver: Person, action: Action, factor: SessionFactor | TypedCode
) -> dict[str, Any] | Refusal:
    request = get_request(tx, action.about["request"])
    if isinstance(factor, SessionFactor):
        if needs_code(equipment, request, factor, tx.at):
            raise Refused(
                "Your sign-in is no longer fresh enough for this.",
                help="Enter a one-time code and try again.",
            )
        return {"method": factor.method, "at": factor.at.isoformat(), "action_digest": "session"}
    if short := short_of_policy(equipment.catalog, request.entitlement, factor):
        return short
    proof = equipment.check_factor(tx, approver.id, factor, action)
    return proof if isinstance(proof, Refusal) else prove(proof, action)


def _record(
    tx: Transaction,
    equipment: Equipment,
    approver: Person,
    request: AccessRequest,
    verdict: Verdict,
    comment: str,
    proof: dict[str, Any],
) -> Decided:
    row = {"request_id": request.id, "approver_id": approver.id, "verdict": str(verdict)}
    tx.execute(approvals.insert().values(**row, at=tx.at))
    note = equipment.notes.write(tx, comment, About(NoteKind.COMMENT, request.id, approver.id))
    facts = {"factor": proof, "policy": request.policy_digest, "note": note}
    if verdict is Verdict.DENY:
        entry = _entry("request.denied", approver, request, facts)
        return Decided(move_request(tx, equipment.ledger, request, RequestState.DENIED, entry), None, 0)
    missing = request.approvals_needed - _approvals(tx, request.id)
    if missing > 0:
        equipment.ledger.append(
            tx, _entry("request.seconded", approver, request, {**facts, "missing": missing})
        )
        return Decided(request, None, missing)
    approved = move_request(
        tx,
        equipment.ledger,
        request,
        RequestState.APPROVED,
        _entry("request.approved", approver, request, facts),
    )
    return Decided(approved, issue(tx, equipment, approved, actor=approver.id), 0)


def _approvals(reader: Reader, request_id: str) -> int:
    said_yes = (approvals.c.request_id == request_id) & (approvals.c.verdict == Verdict.APPROVE)
    return int(reader.execute(select(func.count()).select_from(approvals).where(said_yes)).scalar_one())


def _entry(event: str, approver: Person, request: AccessRequest, facts: dict[str, Any]) -> Entry:
    return Entry(event, approver.id, request=request.id, subject=request.person_id, facts=facts)
