"""A reviewer draws up what a patient is told; that they did is in the ledger, whatever becomes of the paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broker.access.equipment import Equipment
from broker.errors import Invalid, Refused
from broker.identity.people import Person, Role
from broker.ledger.entry import Entry
from broker.patients.register import Patient, find_patient, patient_by_id
from broker.review.disclosures.accesses import Access, accesses_to
from broker.review.disclosures.period import Period
from broker.store import Reader

NO_SUCH_PATIENT = "No patient is known here by this id. Check how it is written."


class Document(StrEnum):
    """An accounting of disclosures (45 CFR 164.528), or the answer to a patient's own question (GDPR Art. 15)."""

    ACCOUNTING = "accounting"
    ANSWER = "answer"


class Form(StrEnum):
    PAGE = "page"
    CSV = "csv"
    FHIR = "fhir"
    JSON = "json"


FORMS = {
    Document.ACCOUNTING: (Form.PAGE, Form.CSV, Form.FHIR),
    Document.ANSWER: (Form.PAGE, Form.JSON),
}


@dataclass(frozen=True)
class DrawnUp:
    """What the document is made of, as it was at ``made_at`` (UTC)."""

    document: Document
    patient: Patient
    period: Period
    made_at: datetime
    accesses: tuple[Access, ...]


def draw_up(
    equipment: Equipment, reviewer: Person, document: Document, form: Form, patient_ref: str, period: Period
) -> DrawnUp:
    """Everything the document says, and the entry that it was drawn up, in one commit.

    Refused to all but reviewers; Invalid (field ``patient``) for a patient nobody knows.
    """
    if reviewer.disabled or not reviewer.is_(Role.REVIEWER):
        raise Refused("Only reviewers draw up what a patient is told.", help="Ask a reviewer.")
    if form not in FORMS[document]:
        raise Invalid("There is no such file.", {"form": "Choose one of the buttons."})
    with equipment.store.write() as tx:
        patient = _patient(tx, patient_ref)
        found = accesses_to(tx, equipment.catalog, equipment.notes, patient.id, period)
        facts = {
            "kind": document.value,
            "form": form.value,
            "patient": patient.id,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "rows": len(found),
        }
        equipment.ledger.append(tx, Entry("disclosures.told", reviewer.id, facts=facts))
        return DrawnUp(document, patient, period, tx.at, found)


def _patient(reader: Reader, named: str) -> Patient:
    patient = find_patient(reader, named) or patient_by_id(reader, named.strip())
    if patient is None:
        raise Invalid("No such patient.", {"patient": NO_SUCH_PATIENT})
    return patient
