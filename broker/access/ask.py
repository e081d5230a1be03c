"""Somebody asks: one form, one code, one commit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from broker.access.equipment import Equipment
from broker.access.grant import Grant, grant_of_request
from broker.access.issue import issue
from broker.access.note_check import MAXIMUM_LENGTH, what_looks_identifying
from broker.access.prove import prove
from broker.access.request import AccessRequest, RequestState, insert_request, move_request, request_of
from broker.access.review_owed import overdue_reviews
from broker.access.tables import access_requests
from broker.clock import new_id
from broker.errors import Invalid, Refused
from broker.identity.people import Person
from broker.identity.refusal import FactorRefused, Refusal
from broker.identity.step_up import Action
from broker.ledger.entry import Entry
from broker.patients.holdings import HoldingKind, holdings_of
from broker.patients.register import Patient, find_patient
from broker.policy.catalog import Entitlement, EntitlementKind
from broker.policy.evaluate import Ask, Decision, Outcome, Path, Subject, evaluate
from broker.store import Reader, Transaction

NO_SUCH_PATIENT = "No access can be asked for with this patient id. Check the id; if it is right, call {contact}."


@dataclass(frozen=True)
class AskForm:
    """What the form carried. ``submission`` was made with the form, so that sending it twice asks once."""

    submission: str
    patient_ref: str
    entitlement: str
    purpose: str
    reason: str
    note: str
    duration: timedelta
    path: Path = Path.ORDINARY
    note_confirmed: bool = False
    extends: Grant | None = None


@dataclass(frozen=True)
class Asked:
    """What came of it; ``grant`` is there when nobody had to approve."""

    request: AccessRequest
    grant: Grant | None


def ask(equipment: Equipment, person: Person, form: AskForm, code: str) -> Asked:
    """Record what ``person`` asks for and, where policy needs nobody else, grant it.

    Raises Invalid (``faults`` by field), Refused with policy's words, or
    FactorRefused when the code did not do. A form sent twice answers the same.
    """
    check_note(form)
    with equipment.store.write() as tx:
        if earlier := _sent_before(tx, person.id, form.submission):
            return Asked(earlier, grant_of_request(tx, earlier.id))
        outcome = plan_and_prove(tx, equipment, person, form, code)
    if isinstance(outcome, Refusal):
        raise FactorRefused(outcome)
    return outcome


def plan_and_prove(
    tx: Transaction, equipment: Equipment, person: Person, form: AskForm, code: str
) -> Asked | Refusal:
    """Plan, take the code for exactly that plan, admit. A Refusal must be committed: it counts the failure."""
    request = _plan(tx, equipment, person, form)
    action = action_of(request)
    proof = equipment.check_factor(tx, person.id, code, action)
    if isinstance(proof, Refusal):
        return proof
    return _admit(tx, equipment, request, prove(proof, action))


def action_of(request: AccessRequest) -> Action:
    """What the code is given for: another patient, path or thing needs another code."""
    about = {"patient": request.patient_id, "entitlement": request.entitlement, "purpose": request.purpose}
    about["extends"] = request.extends_grant or ""
    return Action(f"ask.{request.path}", about)


def check_note(form: AskForm) -> None:
    if len(form.note) > MAXIMUM_LENGTH:
        raise Invalid("The note is too long.", {"note": f"Shorten the note to {MAXIMUM_LENGTH} characters."})
    if not form.note_confirmed and (found := what_looks_identifying(form.note)):
        words = ", ".join(found)
        fault = f"The note seems to hold {words}. Take it out, or confirm below that it identifies nobody."
        raise Invalid("The note may identify somebody.", {"note": fault})


def _admit(tx: Transaction, equipment: Equipment, request: AccessRequest, proof: Mapping[str, Any]) -> Asked:
    insert_request(tx, request)
    equipment.ledger.append(tx, _asked(request, proof))
    if request.approvals_needed > 0:
        return Asked(request, None)
    approved = move_request(tx, equipment.ledger, request, RequestState.APPROVED, _by_policy(request))
    return Asked(approved, issue(tx, equipment, approved, actor=request.person_id))


def decide_by_policy(
    reader: Reader, equipment: Equipment, person: Person, form: AskForm, compartment: str | None
) -> Decision:
    """Policy's answer to this form from this person now; the same analysis as the simulation."""
    subject = Subject(
        person_id=person.id,
        roles=frozenset(str(role) for role in person.roles),
        has_factor=person.has_factor,
        overdue_reviews=overdue_reviews(reader, person.id),
    )
    held = reader.at - form.extends.family_began_at if form.extends else timedelta()
    question = Ask(
        entitlement_id=form.entitlement,
        path=form.path,
        purpose=form.purpose,
        reason=form.reason,
        duration=form.duration,
        compartment=compartment,
        already_held=held,
    )
    return evaluate(equipment.catalog, subject, question)


def _plan(tx: Transaction, equipment: Equipment, person: Person, form: AskForm) -> AccessRequest:
    patient = find_patient(tx, form.patient_ref)
    decision = decide_by_policy(tx, equipment, person, form, patient.compartment if patient else None)
    entitlement = equipment.catalog.entitlements.get(form.entitlement)
    scope = _scope(tx, entitlement, patient) if entitlement else None
    if entitlement is None or decision.refused_for_other_than_patient:
        raise Refused(decision.sentence, help=decision.next_step)
    if patient is None or scope is None or decision.outcome is Outcome.REFUSE:
        # Absent, forbidden and "nothing held" are one answer, so that nobody can learn who is a patient here.
        raise Invalid("Nothing was asked for.", {"patient": NO_SUCH_PATIENT})
    return _request(tx, person, form, patient, entitlement, scope, decision)


def _request(
    tx: Transaction,
    person: Person,
    form: AskForm,
    patient: Patient,
    entitlement: Entitlement,
    scope: Mapping[str, Any],
    decision: Decision,
) -> AccessRequest:
    lapses_at = tx.at + decision.lapse_after
    after = decision.break_glass_after
    return AccessRequest(
        id=new_id("req"),
        submission=form.submission,
        person_id=person.id,
        patient_id=patient.id,
        entitlement=entitlement.id,
        path=str(form.path),
        purpose=form.purpose,
        reason=form.reason,
        note=form.note.strip(),
        duration=decision.duration,
        scope=scope,
        site_id=entitlement.site_role.site if entitlement.site_role else None,
        state=RequestState.PENDING,
        approvals_needed=decision.approvals_needed,
        approver_roles=tuple(sorted(decision.approver_roles)),
        policy_digest=decision.policy_digest,
        asked_at=tx.at,
        # An extension is worth nothing once what it extends has ended.
        lapses_at=min(lapses_at, form.extends.expires_at) if form.extends else lapses_at,
        break_glass_after=None if after is None else tx.at + after,
        review_within=decision.review_within,
        closed_at=None,
        extends_grant=form.extends.id if form.extends else None,
    )


def _scope(reader: Reader, entitlement: Entitlement, patient: Patient | None) -> dict[str, Any] | None:
    """Exactly what a grant will open, by our own ids; None when there is nothing to open."""
    if entitlement.site_role is not None:
        role = entitlement.site_role
        return {"post_type": role.post_type, "meta_key": role.meta_key, "capabilities": list(role.capabilities)}
    held = holdings_of(reader, patient.id if patient else "", HoldingKind(entitlement.kind))
    return {"holdings": [holding.id for holding in held]} if held else None


def _sent_before(reader: Reader, person_id: str, submission: str) -> AccessRequest | None:
    own = (access_requests.c.person_id == person_id) & (access_requests.c.submission == submission)
    row = reader.one_or_none(select(access_requests).where(own))
    return None if row is None else request_of(row)


def _asked(request: AccessRequest, proof: Mapping[str, Any]) -> Entry:
    facts = {
        "entitlement": request.entitlement,
        "patient": request.patient_id,
        "path": request.path,
        "purpose": request.purpose,
        "reason": request.reason,
        "note_sha256": hashlib.sha256(request.note.encode()).hexdigest(),
        "minutes": int(request.duration.total_seconds() // 60),
        "approvals_needed": request.approvals_needed,
        "lapses_at": request.lapses_at.isoformat(),
        "extends": request.extends_grant,
        "policy": request.policy_digest,
        "factor": dict(proof),
    }
    return Entry("request.asked", request.person_id, request=request.id, subject=request.person_id, facts=facts)


def _by_policy(request: AccessRequest) -> Entry:
    event = "request.broke_glass" if request.path == Path.BREAK_GLASS else "request.approved"
    facts = {"by": "policy", "policy": request.policy_digest, "path": request.path}
    return Entry(event, request.person_id, request=request.id, subject=request.person_id, facts=facts)
