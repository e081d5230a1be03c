"""Who the patients are to the broker: an opaque id behind the id the clinic knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, select

from broker.clock import new_id
from broker.errors import Conflict, Invalid
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.patients.tables import patients
from broker.store import Reader, Transaction

LONGEST_REFERENCE = 64


@dataclass(frozen=True)
class Patient:
    """``id`` is opaque and may stand in URLs and the ledger; ``clinic_ref`` may not."""

    id: str
    clinic_ref: str
    compartment: str


def normalise_ref(clinic_ref: str) -> str:
    """The one spelling of a clinic's patient id: `` p-1001 `` becomes ``P-1001``."""
    return clinic_ref.strip().upper()


def add_patient(
    tx: Transaction, ledger: Ledger, *, actor: str, clinic_ref: str, compartment: str = "general"
) -> Patient:
    """Register a patient. Raises Invalid for an unusable reference, Conflict for one already taken."""
    reference = normalise_ref(clinic_ref)
    if not reference or len(reference) > LONGEST_REFERENCE or not reference.isprintable():
        raise Invalid(
            "That patient id cannot be used.",
            {"patient": f"Enter the clinic's own patient id, at most {LONGEST_REFERENCE} characters."},
        )
    if find_patient(tx, reference) is not None:
        raise Conflict("A patient with that id is registered already.", help="Look the patient up instead.")
    patient = Patient(new_id("pat"), reference, compartment)
    tx.execute(insert(patients).values(id=patient.id, clinic_ref=reference, compartment=patient.compartment))
    ledger.append(
        tx, Entry("patient.added", actor, facts={"patient": patient.id, "compartment": compartment})
    )
    return patient


def find_patient(reader: Reader, clinic_ref: str) -> Patient | None:
    """The patient the clinic calls ``clinic_ref``; an absent one costs the same single query."""
    return _one(reader, _BY_REF, normalise_ref(clinic_ref))


def patient_by_id(reader: Reader, patient_id: str) -> Patient | None:
    return _one(reader, _BY_ID, patient_id)


_BY_REF = select(patients).where(patients.c.clinic_ref == bindparam("wanted"))
_BY_ID = select(patients).where(patients.c.id == bindparam("wanted"))


def _one(reader: Reader, statement: Select[Any], wanted: str) -> Patient | None:
    row = reader.one_or_none(statement, {"wanted": wanted})
    return None if row is None else _patient(row)


def _patient(row: Row[Any]) -> Patient:
    return Patient(row.id, row.clinic_ref, row.compartment)
