"""What people, patients and the things policy offers are called on a page."""

from __future__ import annotations

from collections.abc import Iterable

from broker.errors import NotFound
from broker.identity.people import Person, by_id
from broker.patients.register import patient_by_id
from broker.policy.catalog import Catalog
from broker.store import Reader


def name_of(reader: Reader, person_id: str, viewer: Person) -> str:
    """``You``, or the person's name."""
    if person_id == viewer.id:
        return "You"
    try:
        return by_id(reader, person_id).name
    except NotFound:
        return "Somebody who is no longer listed"


def patient_shown(reader: Reader, patient_id: str) -> str:
    """The clinic's own opaque id for the patient; never a name, the broker knows none."""
    patient = patient_by_id(reader, patient_id)
    return patient.clinic_ref if patient else "unknown"


def title_of(catalog: Catalog, entitlement_id: str) -> str:
    entitlement = catalog.entitlements.get(entitlement_id)
    return entitlement.title if entitlement else entitlement_id


def in_a_row(words: Iterable[str], last: str = "and") -> str:
    """``a, b and c``."""
    *most, end = list(words) or [""]
    return f"{', '.join(most)} {last} {end}" if most else end
