"""The broker's own id of a patient, which may stand in an address where the clinic's may not."""

from __future__ import annotations

from pydantic import Field

from broker.errors import NotFound
from broker.patients.register import LONGEST_REFERENCE, find_patient
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Family
from broker.web.api.frame.shape import Given, Text, Told
from broker.web.api.reviewing.history import LOOKS
from broker.web.parts import parts

patients = Family("reviewing")


class Sought(Given):
    """``patient`` is the id the clinic knows."""

    patient: Text = Field(min_length=1, max_length=LONGEST_REFERENCE, examples=["P-0000"])


class PatientTold(Told):
    id: str = Field(examples=["pat_0123456789abcdef0123"])
    compartment: str


@patients.post("/patients/find", "Find the broker's id of a patient", LOOKS, kept=False, refusals=(404,))
def find_patient_by_ref(call: Call, body: Sought) -> PatientTold:  # noqa: ARG001 - whoever came through may know
    """For `patient` in the history. A POST, because the clinic's id belongs in no address and no log."""
    with parts().store.read() as reader:
        found = find_patient(reader, body.patient)
    if found is None:
        raise NotFound("No patient is known here by this id.", help="Check how it is written.")
    return PatientTold(id=found.id, compartment=found.compartment)
