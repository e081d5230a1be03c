"""Nobody answers and a patient cannot wait: in at once, shorter, louder, and reviewed afterwards."""

from __future__ import annotations

from dataclasses import replace

from broker.access.ask import Asked, ask, plan_and_prove, record_refusal, sent_before
from broker.access.equipment import Equipment, TypedCode
from broker.access.override import check_danger
from broker.access.plan import AskForm
from broker.access.request import AccessRequest
from broker.access.withdraw import own_request, withdraw_in
from broker.errors import Conflict, Invalid, Refused
from broker.identity.factors.refusal import FactorRefused, Refusal
from broker.identity.people import Person
from broker.notes.note import text_of
from broker.patients.register import patient_by_id
from broker.policy.decision import Path
from broker.store import Reader


def break_glass(equipment: Equipment, person: Person, form: AskForm, typed: TypedCode) -> Asked:
    """Ask on the break-glass path: granted in the same commit when policy allows it."""
    return ask(equipment, person, replace(form, path=Path.BREAK_GLASS), typed)


def break_glass_instead(
    equipment: Equipment,
    person: Person,
    request_id: str,
    typed: TypedCode,
    *,
    danger: str = "",
    danger_confirmed: bool = False,
) -> Asked:
    """Turn one's own unanswered request into break-glass, once policy's waiting time is over.

    Refused while approvers still have time; the waiting request is withdrawn in
    the commit that grants the new one. ``danger`` is stated to pass the block of an overdue review.
    """
    check_danger(danger, confirmed=danger_confirmed)
    try:
        outcome = _instead(equipment, person, request_id, typed, danger)
    except (Invalid, Refused) as error:
        record_refusal(equipment, person, Path.BREAK_GLASS, error)
        raise
    if isinstance(outcome, Refusal):
        raise FactorRefused(outcome)
    return outcome


def may_break_glass_now(request: AccessRequest, reader: Reader) -> bool:
    """Whether approvers have had the time policy gives them for this request."""
    return (
        request.is_pending
        and request.break_glass_after is not None
        and request.break_glass_after <= reader.at
    )


def _instead(
    equipment: Equipment, person: Person, request_id: str, typed: TypedCode, danger: str
) -> Asked | Refusal:
    with equipment.store.write() as tx:
        waiting = own_request(tx, person, request_id)
        if earlier := sent_before(tx, person.id, _submission(waiting)):
            return earlier
        _check_waited(tx, waiting)
        form = replace(_same_question(tx, equipment, waiting), danger=danger)
        outcome = plan_and_prove(tx, equipment, person, form, typed)
        if isinstance(outcome, Asked):
            withdraw_in(tx, equipment, waiting, superseded_by=outcome.request.id)
        return outcome


def _submission(waiting: AccessRequest) -> str:
    # One waiting request becomes one grant, however often the button is pressed.
    return f"instead_of_{waiting.id}"


def _check_waited(reader: Reader, waiting: AccessRequest) -> None:
    if not waiting.is_pending:
        raise Conflict(
            f"This request is {waiting.state} already.", help="Start a new one if you still need access."
        )
    if not may_break_glass_now(waiting, reader):
        raise Refused(
            "The approvers still have time to answer this request.",
            help="If it cannot wait, break the glass from a new request.",
        )


def _same_question(reader: Reader, equipment: Equipment, waiting: AccessRequest) -> AskForm:
    patient = patient_by_id(reader, waiting.patient_id)
    return AskForm(
        submission=_submission(waiting),
        patient_ref=patient.clinic_ref if patient else "",
        entitlement=waiting.entitlement,
        purpose=waiting.purpose,
        reason=waiting.reason,
        note=text_of(equipment.notes.note_of(reader, waiting.id)),
        duration=waiting.duration,
        path=Path.BREAK_GLASS,
        note_confirmed=True,
    )
