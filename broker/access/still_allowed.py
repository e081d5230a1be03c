"""Between the question and the yes much can change: what could not be asked any more is not granted either."""

from __future__ import annotations

from broker.access.enforceable import check_enforceable
from broker.access.equipment import Equipment
from broker.access.grant import Grant, get_grant
from broker.access.plan import AskForm, decide_by_policy
from broker.access.request import AccessRequest
from broker.errors import Conflict, Refused
from broker.identity.people import by_id
from broker.patients.register import patient_by_id
from broker.policy.decision import Decision, Path
from broker.store import Reader

_ASK_AGAIN = "They can ask again."


def check_still_allowed(reader: Reader, equipment: Equipment, request: AccessRequest) -> None:
    """Ask policy once more about the person, the patient and the rules as they are now.

    Conflict when the person was shut out or the access to be extended has ended,
    Refused when policy has become stricter than what was asked for.
    """
    person = by_id(reader, request.person_id)
    if person.disabled:
        raise Conflict("The person who asked was shut out in the meantime.", help="Deny it.")
    extended = get_grant(reader, request.extends_grant) if request.extends_grant else None
    if extended is not None and not extended.is_live(reader.at):
        raise Conflict("The access that this would extend has ended.", help=_ASK_AGAIN)
    patient = patient_by_id(reader, request.patient_id)
    compartment = patient.compartment if patient else None
    decision = decide_by_policy(reader, equipment, person, _question(request, extended), compartment)
    _refuse_what_became_stricter(request, decision)
    check_enforceable(reader, equipment.catalog, request.site_id)


def _refuse_what_became_stricter(request: AccessRequest, decision: Decision) -> None:
    unmet = [reason.words for reason in decision.reasons if not reason.met]
    if not decision.allowed:
        raise Refused(f"Policy no longer allows this. {' '.join(unmet)}", help=_ASK_AGAIN)
    if decision.approvals_needed > request.approvals_needed or decision.duration < request.duration:
        raise Refused("Policy has become stricter since this was asked for.", help=_ASK_AGAIN)


def _question(request: AccessRequest, extended: Grant | None) -> AskForm:
    return AskForm(
        submission=request.submission,
        patient_ref="",
        entitlement=request.entitlement,
        purpose=request.purpose,
        reason=request.reason,
        note="",
        duration=request.duration,
        path=Path(request.path),
        note_confirmed=True,
        extends=extended,
        danger="stated" if request.overrides_block else "",
    )
