"""FHIR AuditEvents of real entries, read by somebody else's models of R4B and R5."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

import pytest
from fhir.resources.auditevent import AuditEvent
from fhir.resources.bundle import Bundle
from fhir.resources.R4B.auditevent import AuditEvent as AuditEventR4B
from fhir.resources.R4B.bundle import Bundle as BundleR4B

from broker.feeds.formats.about import NOTHING, Teller
from broker.feeds.formats.fhir.audit_event import Release, audit_events
from broker.feeds.formats.fhir.bundle import batch, collection_parts
from broker.ledger.entry import Entry, Recorded
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import TELLER, hostile, read

MODELS = {Release.R4: AuditEventR4B, Release.R5: AuditEvent}


def told(clinic: Clinic, release: Release, *, refs: bool = False, teller: Teller = TELLER) -> list[dict]:
    return [
        event
        for entry, about in read(clinic, refs=refs)
        for event in audit_events(entry, about, teller=teller, release=release)
    ]


def codes(event: dict, release: Release = Release.R4) -> set[str]:
    found = event["subtype"] if release is Release.R4 else event["code"]["coding"]
    return {each["code"] for each in found}


@pytest.mark.parametrize("release", Release)
def test_every_entry_is_a_resource_others_can_read(clinic: Clinic, release: Release) -> None:
    """Somebody else's model of the release takes every event of a whole ledger, and gives it back unchanged."""
    for event in told(clinic, release):
        taken = MODELS[release].model_validate(event)
        again = json.loads(taken.model_dump_json())
        assert datetime.fromisoformat(again.pop("recorded")) == datetime.fromisoformat(event.pop("recorded"))
        assert again == event


@pytest.mark.parametrize("release", Release)
def test_emergency_override_starts_and_stops_once(clinic: Clinic, release: Release) -> None:
    """110127 and 110138 stand once each, for the grant that broke the glass and not for the approved one."""
    found = Counter(code for each in told(clinic, release) for code in codes(each, release))
    assert (found["110127"], found["110138"]) == (1, 1)
    assert found["grant.issued"] == found["grant.revoked"] == 2


def test_purposes(clinic: Clinic) -> None:
    """A purpose of use is HL7's; breaking the glass says so beside what it was for."""
    for each in told(clinic, Release.R4):
        said = [one["coding"][0]["code"] for one in each.get("purposeOfEvent", [])]
        assert ("BTG" in said) == (said == ["ETREAT", "BTG"])
        assert bool(said) == bool({"grant.issued", "request.asked"} & codes(each)) or said
        assert "110127" not in codes(each) or "BTG" in said


def test_patterns_of_basic_audit_logs(clinic: Clinic) -> None:
    """The patient, the user and the authorization server are written as IHE's BALP writes them."""
    (started,) = (each for each in told(clinic, Release.R4) if "110127" in codes(each))
    assert started["type"]["code"] == "110113"
    assert started["action"] == "E"
    (patient,) = (each for each in started["entity"] if each.get("role", {}).get("code") == "1")
    assert patient["type"]["code"] == "1"
    assert patient["what"]["type"] == "Patient"
    assert patient["what"]["identifier"]["value"] == clinic.patient.id
    agents = {each["type"]["coding"][0]["code"]: each for each in started["agent"]}
    assert agents["IRCP"]["who"]["identifier"]["value"] == clinic.clinician.id
    assert agents["IRCP"]["requestor"] is True
    assert agents["authserver"]["who"] == started["source"]["observer"]


@pytest.mark.parametrize("release", Release)
def test_one_requestor(clinic: Clinic, release: Release) -> None:
    """Exactly one agent of every event is the one who asked for it."""
    for each in told(clinic, release):
        assert [agent["requestor"] for agent in each["agent"]].count(True) == 1


def test_approver_is_the_verifier(clinic: Clinic) -> None:
    """Who approved stands beside the holder in what happened under the grant."""
    verified = [
        agent["who"]["identifier"]["value"]
        for each in told(clinic, Release.R4)
        if "grant.active" in codes(each)
        for agent in each["agent"]
        if agent["type"]["coding"][0]["code"] == "VRF"
    ]
    assert verified == [clinic.approver.id]


def test_clinic_reference_only_when_wanted(clinic: Clinic) -> None:
    """The clinic's own patient id leaves the broker only where somebody decided it, under the system they named."""
    assert "P-1001" not in json.dumps(told(clinic, Release.R4))
    teller = Teller(TELLER.issuer, "urn:oid:1.2.36.146.595.217.0.1")
    found = [each for each in told(clinic, Release.R5, refs=True, teller=teller) if "patient" in each]
    assert found
    assert all(each["patient"]["identifier"]["system"] == teller.patient_system for each in found)
    assert {each["patient"]["identifier"]["value"] for each in found} >= {"P-1001"}


def test_same_entry_same_id(clinic: Clinic) -> None:
    """An event sent twice has the same id and names the same entry of the ledger."""
    first, second = told(clinic, Release.R4), told(clinic, Release.R4)
    assert first == second
    assert len({each["id"] for each in first}) == len(first)
    assert [int(each["entity"][-1]["what"]["identifier"]["value"]) for each in first] == list(
        range(1, len(first) + 1)
    )


def test_bundles(clinic: Clinic) -> None:
    """Batches and collections are Bundles of their release; a collection of nothing is one too."""
    for release, model in ((Release.R4, BundleR4B), (Release.R5, Bundle)):
        events = told(clinic, release)
        model.model_validate(batch(events))
        taken = model.model_validate_json("".join(collection_parts(events)))
        assert len(taken.entry) == len(events)
        assert model.model_validate_json("".join(collection_parts([]))).entry is None


def test_unknown_event_is_told_by_its_name(clinic: Clinic) -> None:
    """What a later version writes is told all the same."""
    later = Recorded(
        9, clinic.clock.now(), "ab" * 32, Entry("moon.landed_on", "broker", facts={"feet": [2, 2]})
    )
    (event,) = audit_events(later, NOTHING, teller=TELLER)
    AuditEventR4B.model_validate(event)
    assert "moon.landed_on" in codes(event)
    assert {"type": "fact.feet", "valueString": "2 2"} in event["entity"][-1]["detail"]


def test_sealed_notes_stay_here(clinic: Clinic) -> None:
    """A sealed note is not copied to others, who would keep it past its erasure; its digest is."""
    noted = Entry("request.asked", "person_1", facts={"note": {"digest": "d1", "sealed": "c2VhbGVk"}})
    (event,) = audit_events(Recorded(9, clinic.clock.now(), "ab" * 32, noted), NOTHING, teller=TELLER)
    assert "c2VhbGVk" not in json.dumps(event)
    assert {"type": "fact.note.digest", "valueString": "d1"} in event["entity"][-1]["detail"]


@pytest.mark.parametrize("release", Release)
def test_hostile_text_is_text(clinic: Clinic, release: Release) -> None:
    """Control letters in a fact are no FHIR string; they become blanks, and the rest stands."""
    (event,) = audit_events(hostile(clinic), NOTHING, teller=TELLER, release=release)
    MODELS[release].model_validate(event)
    assert not {"\r", "\n", "\x1b", "\x00", "\x85"} & set(json.loads(json.dumps(str(event))))
