"""What a hold or an erasure is about: everything of one request, grant, patient or person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, or_, select
from sqlalchemy.sql.elements import SQLCoreOperations

from broker.access.note_check import what_looks_identifying
from broker.access.tables import access_requests, grants
from broker.errors import Invalid
from broker.identity.people import by_email
from broker.identity.tables import people
from broker.notes.tables import notes
from broker.patients.register import find_patient
from broker.patients.tables import patients
from broker.store import Reader

LONGEST_REASON = 300


class ThingKind(StrEnum):
    REQUEST = "request"
    GRANT = "grant"
    PATIENT = "patient"
    PERSON = "person"


_TABLES = {
    ThingKind.REQUEST: access_requests,
    ThingKind.GRANT: grants,
    ThingKind.PATIENT: patients,
    ThingKind.PERSON: people,
}


@dataclass(frozen=True)
class Thing:
    """``id`` is the broker's own, also of a patient."""

    kind: ThingKind
    id: str


def find_thing(reader: Reader, kind: ThingKind, named: str) -> Thing:
    """The thing that ``named`` means: our own id, a patient also by the clinic's, a person also by email.

    Invalid (field ``thing``) when there is none.
    """
    wanted = named.strip()
    table = _TABLES[kind]
    if wanted and reader.one_or_none(select(table.c.id).where(table.c.id == wanted)):
        return Thing(kind, wanted)
    if kind is ThingKind.PATIENT and (patient := find_patient(reader, wanted)):
        return Thing(kind, patient.id)
    if kind is ThingKind.PERSON and (person := by_email(reader, wanted)):
        return Thing(kind, person.id)
    raise Invalid("Nothing was done.", {"thing": f"No {kind.value} is known here by this id."})


def notes_of(kind: SQLCoreOperations[str] | ThingKind, thing_id: Column[str] | str) -> ColumnElement[bool]:
    """Which rows of the notes belong to a thing. Both may be columns, to ask of many things at once."""
    # By other names and of these notes alone, whatever the question around them joins.
    asked, given = access_requests.alias(), grants.alias()
    request = asked.c.id == notes.c.request_id
    holder = select(asked.c.person_id).where(request).correlate(notes).scalar_subquery()
    patient = select(asked.c.patient_id).where(request).correlate(notes).scalar_subquery()
    granted = select(given.c.id).where(given.c.request_id == notes.c.request_id)
    of = {
        ThingKind.REQUEST: notes.c.request_id == thing_id,
        ThingKind.GRANT: granted.correlate(notes).scalar_subquery() == thing_id,
        ThingKind.PATIENT: patient == thing_id,
        # What somebody wrote about others' access is theirs as much as what they held.
        ThingKind.PERSON: (holder == thing_id) | (notes.c.author_id == thing_id),
    }
    if isinstance(kind, ThingKind):
        return of[kind]
    return or_(*((kind == each) & belongs for each, belongs in of.items()))


def checked_reason(reason: str) -> str:
    """Why, in words that stay in the ledger for ever. Invalid when they are missing, too many, or name somebody."""
    said = reason.strip()
    if not said:
        raise Invalid("Nothing was done.", {"reason": "Say why, such as the number of the case."})
    if len(said) > LONGEST_REASON:
        raise Invalid("Nothing was done.", {"reason": f"Shorten the reason to {LONGEST_REASON} characters."})
    if found := what_looks_identifying(said):
        fault = f"The reason seems to hold {', '.join(found)}. It stays for ever: take that out."
        raise Invalid("Nothing was done.", {"reason": fault})
    return said
