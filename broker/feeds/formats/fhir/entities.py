"""What it was done to: the patient, the grant or request, the thing that was opened, and the ledger's entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from broker.feeds.formats.about import About, Teller, patient_of, plain_facts
from broker.feeds.formats.fhir.codes import ENTITY_TYPE, OBJECT_ROLE
from broker.feeds.formats.one_line import one_line
from broker.ledger.entry import Recorded

_PERSON = {"system": ENTITY_TYPE, "code": "1", "display": "Person"}
_OBJECT = {"system": ENTITY_TYPE, "code": "2", "display": "System Object"}
_PATIENT = {"system": OBJECT_ROLE, "code": "1", "display": "Patient"}
_REPORT = {"system": OBJECT_ROLE, "code": "3", "display": "Report"}
_DOMAIN = {"system": OBJECT_ROLE, "code": "4", "display": "Domain Resource"}
_SECURITY = {"system": OBJECT_ROLE, "code": "13", "display": "Security Resource"}
_USER = {"system": OBJECT_ROLE, "code": "6", "display": "User"}

Entity = dict[str, Any]


def entities_of(recorded: Recorded, about: About, teller: Teller) -> list[Entity]:
    """R4's entities. The last one is the ledger's entry, by which a repeated event is known."""
    return [*_entities(recorded, about, teller), _of_ledger(recorded, teller)]


def _entities(recorded: Recorded, about: About, teller: Teller) -> Iterator[Entity]:
    entry = recorded.entry
    if (patient := patient_of(recorded, about)) is not None:
        yield _of_patient(patient, about, teller)
    if entry.grant:
        yield _object("grant", entry.grant, _SECURITY, teller, _terms(about))
    elif entry.request:
        yield _object("request", entry.request, _SECURITY, teller, _terms(about))
    elif entry.subject and entry.subject != entry.actor:
        yield {**_object("person", entry.subject, _USER, teller), "type": _PERSON}
    for name, role in (("holding", _REPORT), ("site", _DOMAIN)):
        if said := entry.facts.get(name) or (about.site if name == "site" else None):
            yield _object(name, str(said), role, teller)


def patient_reference(patient: str, about: About, teller: Teller) -> dict[str, Any]:
    """By the clinic's own id where it may be told, else by the broker's opaque one. Never a name: none is known."""
    said = {"system": teller.system("patient"), "value": patient}
    if about.patient_ref:
        system = teller.patient_system or teller.system("clinic-patient")
        said = {"system": system, "value": about.patient_ref}
    return {"type": "Patient", "identifier": said}


def _of_patient(patient: str, about: About, teller: Teller) -> Entity:
    found = {"what": patient_reference(patient, about, teller), "type": _PERSON, "role": _PATIENT}
    return {**found, "detail": _details([("patient", patient)])} if about.patient_ref else found


def _terms(about: About) -> list[tuple[str, str]]:
    names = ("entitlement", "kind", "path", "reason", "expires_at")
    return [(name, str(value)) for name in names if (value := getattr(about, name))]


def _object(
    sort: str, value: str, role: dict[str, str], teller: Teller, details: Iterable[tuple[str, str]] = ()
) -> Entity:
    what: dict[str, Any] = {"identifier": {"system": teller.system(sort), "value": value}}
    if value in teller.names:
        what["display"] = teller.names[value]
    found = {"what": what, "type": _OBJECT, "role": role}
    told = _details(details)
    return {**found, "detail": told} if told else found


def _of_ledger(recorded: Recorded, teller: Teller) -> Entity:
    said = [("event", recorded.entry.event), ("actor", recorded.entry.actor), ("digest", recorded.digest)]
    facts = [*said, *(("fact." + name, text) for name, text in plain_facts(recorded))]
    what = {"identifier": {"system": teller.system("ledger-entry"), "value": str(recorded.seq)}}
    return {"what": what, "type": _OBJECT, "detail": _details(facts)}


def _details(facts: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    # FHIR's strings hold something, and no control letters.
    told = ((name, one_line(text)) for name, text in facts)
    return [{"type": name, "valueString": text} for name, text in told if text.strip()]
