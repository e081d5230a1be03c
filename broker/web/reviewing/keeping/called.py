"""What is held is called on the page as people know it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from broker.access.grant import get_grant
from broker.access.request import get_request
from broker.identity.people import everyone
from broker.patients.register import patient_by_id
from broker.retention.thing import Thing, ThingKind
from broker.store import Reader
from broker.web.parts import parts
from broker.web.telling.naming import title_of


def names_of(reader: Reader, things: Collection[Thing]) -> dict[str, str]:
    """By id: everybody's name, and what each thing is called; patients as the clinic knows them."""
    names = {each.id: each.name for each in everyone(reader)}
    return names | {thing.id: _called(reader, thing, names) for thing in things}


def _called(reader: Reader, thing: Thing, names: Mapping[str, str]) -> str:
    if thing.kind is ThingKind.PERSON:
        return names.get(thing.id, thing.id)
    if thing.kind is ThingKind.PATIENT:
        patient = patient_by_id(reader, thing.id)
        return patient.clinic_ref if patient else thing.id
    about = get_grant(reader, thing.id) if thing.kind is ThingKind.GRANT else get_request(reader, thing.id)
    who = names.get(about.person_id, about.person_id)
    return f"{who}, {title_of(parts().catalog, about.entitlement)}"
