"""More time, asked for before the end: a new grant linked to the one that runs."""

from __future__ import annotations

from datetime import timedelta

from broker.access.ask import Asked, ask
from broker.access.equipment import Equipment, TypedCode
from broker.access.grant import Grant, get_grant
from broker.access.plan import AskForm
from broker.access.request import AccessRequest, get_request
from broker.errors import Conflict, NotFound
from broker.identity.people import Person
from broker.notes.note import text_of
from broker.patients.register import patient_by_id
from broker.policy.decision import Path


def extend(
    equipment: Equipment,
    person: Person,
    grant_id: str,
    duration: timedelta,
    submission: str,
    typed: TypedCode,
) -> Asked:
    """Ask for ``duration`` more. NotFound for another's grant, Conflict once it has ended.

    The running grant keeps its own end; policy caps what the chain may reach.
    """
    with equipment.store.read() as reader:
        grant = get_grant(reader, grant_id)
        if grant.person_id != person.id:
            raise NotFound("There is no such access.", help="Look for it on your home page.")
        if not grant.is_effective(reader.at):
            raise Conflict("This access has ended, so it cannot be extended.", help="Ask for it again.")
        patient = patient_by_id(reader, grant.patient_id)
        first = get_request(reader, grant.request_id)
        note = text_of(equipment.notes.note_of(reader, first.id))
    form = _form(grant, first, note, patient.clinic_ref if patient else "", duration, submission)
    return ask(equipment, person, form, typed)


def _form(
    grant: Grant, first: AccessRequest, note: str, patient_ref: str, duration: timedelta, submission: str
) -> AskForm:
    return AskForm(
        submission=submission,
        patient_ref=patient_ref,
        entitlement=grant.entitlement,
        purpose=first.purpose,
        reason=first.reason,
        note=note,
        duration=duration,
        path=Path.EXTENSION,
        note_confirmed=True,
        extends=grant,
    )
