"""Legal holds, erasures and answers to patients, by API."""

from __future__ import annotations

import pytest

from broker.notes.note import text_of
from tests.fakes.front import Front
from tests.fakes.past import Past
from tests.fakes.software import Caller, by_session

CASE = {"kind": "patient", "thing": "P-1001", "reason": "case 17"}


@pytest.fixture
def reviewer(archive: Front) -> Caller:
    return by_session(archive, archive.clinic.reviewer)


@pytest.fixture
def admin(archive: Front) -> Caller:
    return by_session(archive, archive.clinic.admin)


def test_a_hold_is_placed_listed_and_released(past: Past, reviewer: Caller, admin: Caller) -> None:
    """By the clinic's id of the patient; what is told back is our own. Twice is a conflict."""
    placed = reviewer.post("/holds", CASE)
    assert (placed.status_code, placed.json["thing"]) == (200, past.patient.id)
    where = f"/holds/{placed.json['id']}/release"
    assert admin.post(where, {"reason": "closed"}).json["released_by"] == past.admin.id
    assert admin.post(where, {"reason": "closed"}).status_code == 409
    (listed,) = admin.get("/holds").json["items"]
    assert listed["release_reason"] == "closed"
    assert list(reviewer.post("/holds", {**CASE, "thing": "P-0"}).json["faults"]) == ["thing"]


def test_an_erasure_needs_another_person(past: Past, reviewer: Caller, admin: Caller) -> None:
    """Whoever asked is refused; an administrator confirms, and the note is gone."""
    grant = past.ended(past.ordinary())
    asked = reviewer.post("/erasures", {**CASE, "reason": "request 5"}).json
    where = f"/erasures/{asked['id']}"
    assert reviewer.post(f"{where}/confirm", {}).status_code == 403
    done = admin.post(f"{where}/confirm", {})
    assert (done.json["state"], done.json["erased"], done.json["held"]) == ("done", 1, 0)
    assert reviewer.post(f"{where}/refuse", {}).status_code == 409
    with past.store.read() as reader:
        assert not text_of(past.notes.note_of(reader, grant.request_id))
    assert [each["state"] for each in admin.get("/erasures").json["items"]] == ["done"]


def test_a_patient_is_answered_and_it_is_written_down(past: Past, reviewer: Caller) -> None:
    """As the page does it; days that cannot be answered for are named."""
    past.ordinary()
    answer = reviewer.post("/disclosures", {"patient": "P-1001"})
    assert answer.status_code == 200
    assert [each["who"] for each in answer.json["accesses"]] == ["Clinician"]
    assert past.events()[-1] == "disclosures.told"
    assert list(reviewer.post("/disclosures", {"patient": "P-1001", "to": "2031-01-01"}).json["faults"]) == [
        "to"
    ]
