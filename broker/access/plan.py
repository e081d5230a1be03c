"""What a form would become: the patient found, policy asked, the scope named. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from broker.access.enforceable import may_be_named
from broker.access.equipment import Equipment
from broker.access.grant import Grant
from broker.access.lease_for import scope_on_site
from broker.access.offered import check_deliverable
from broker.access.override import Blocked, is_blocked
from broker.access.request import AccessRequest, RequestState
from broker.access.review_owed import overdue_reviews
from broker.clock import new_id
from broker.errors import Invalid, Refused
from broker.identity.people import Person
from broker.patients.holdings import HoldingKind, holdings_of
from broker.patients.register import Patient, find_patient
from broker.policy.catalog import Entitlement, EntitlementKind
from broker.policy.decision import Ask, Decision, Path, Rule, Subject
from broker.policy.evaluate import evaluate
from broker.store import Reader

NO_SUCH_PATIENT = (
    "No access can be asked for with this patient id. Check the id; if it is right, call the on-call contact."
)

_FIELDS = {
    Rule.ENTITLEMENT_EXISTS: "entitlement",
    Rule.ROLE_MAY_ASK: "entitlement",
    Rule.PURPOSE_ALLOWED: "purpose",
    Rule.REASON_KNOWN: "reason",
    Rule.DURATION_ALLOWED: "duration",
}


@dataclass(frozen=True)
class AskForm:
    """What the form carried. ``submission`` was made with the form, so that sending it twice asks once.
    ``danger`` is what threatens the patient, stated to pass the block of an overdue review.
    """

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
    danger: str = ""


@dataclass(frozen=True)
class Planned:
    """``because`` is what policy found at each rule it looked at, in words, by the rule's code."""

    request: AccessRequest
    because: Mapping[str, str]


def decide_by_policy(
    reader: Reader, equipment: Equipment, person: Person, form: AskForm, compartment: str | None
) -> Decision:
    """Policy's answer to this form from this person now; the same analysis as the simulation."""
    subject = Subject(
        person_id=person.id,
        roles=frozenset(str(role) for role in person.roles),
        has_factor=person.has_factor,
        overdue_reviews=overdue_reviews(reader, person.id),
        has_passkey=person.has_passkey,
    )
    held = form.extends.expires_at - form.extends.family_began_at if form.extends else timedelta()
    question = Ask(
        entitlement_id=form.entitlement,
        path=form.path,
        purpose=form.purpose,
        reason=form.reason,
        duration=form.duration,
        compartment=compartment,
        already_held=held,
        danger_stated=bool(form.danger.strip()),
    )
    return evaluate(equipment.catalog, subject, question)


def plan(tx: Reader, equipment: Equipment, person: Person, form: AskForm) -> Planned:
    """The request as it would stand, nothing written. Invalid or Refused, with nothing said of patients."""
    patient = find_patient(tx, form.patient_ref)
    decision = decide_by_policy(tx, equipment, person, form, patient.compartment if patient else None)
    entitlement = equipment.catalog.entitlements.get(form.entitlement)
    scope = _scope(tx, entitlement, patient) if entitlement else None
    if is_blocked(equipment.catalog, decision, form.path):
        raise Blocked(next(reason.words for reason in decision.reasons if not reason.met))
    _refuse_by_policy(decision)
    if entitlement is not None:
        check_deliverable(tx, equipment.catalog, entitlement, person.id)
    if patient is None or entitlement is None or scope is None or not decision.allowed:
        # Absent, forbidden and "nothing held" are one answer, so that nobody can learn who is a patient here.
        raise Invalid("Nothing was asked for.", {"patient": NO_SUCH_PATIENT})
    because = {str(reason.code): reason.words for reason in decision.reasons}
    return Planned(_request(tx, person, form, patient, entitlement, scope, decision), because)


def _refuse_by_policy(decision: Decision) -> None:
    """Say which rule refused, except the one that would tell something about a patient."""
    unmet = [
        reason for reason in decision.reasons if not reason.met and reason.code is not Rule.PATIENT_COVERED
    ]
    faults = {_FIELDS[reason.code]: reason.words for reason in unmet if reason.code in _FIELDS}
    if faults:
        raise Invalid("Policy does not allow this.", faults)
    if unmet:
        raise Refused(unmet[0].words, help="Ask an approver, or call the on-call contact.")


def _request(
    tx: Reader,
    person: Person,
    form: AskForm,
    patient: Patient,
    entitlement: Entitlement,
    scope: Mapping[str, Any],
    decision: Decision,
) -> AccessRequest:
    lapses_at = tx.at + (decision.lapse_after or timedelta())
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
        overrides_block=decision.overrides_block,
    )


def _scope(reader: Reader, entitlement: Entitlement, patient: Patient | None) -> dict[str, Any] | None:
    """Exactly what a grant will open, by our own ids; None when there is nothing to open."""
    opens = _opens(reader, entitlement, patient)
    if opens is None or entitlement.credential is None:
        return opens
    return {**opens, "credential": entitlement.credential.section}


def _opens(reader: Reader, entitlement: Entitlement, patient: Patient | None) -> dict[str, Any] | None:
    if entitlement.site_role is not None:
        role = entitlement.site_role
        named = scope_on_site(reader, role.site, role.scope, patient)
        # A shop that counts its customers has nothing for a patient who is no number there.
        return dict(role.scope) if may_be_named(reader, role.site, role.scope, named) else None
    if entitlement.kind is EntitlementKind.CREDENTIAL:
        return {} if patient else None
    held = holdings_of(reader, patient.id if patient else "", HoldingKind(entitlement.kind))
    return {"holdings": [holding.id for holding in held]} if held else None
