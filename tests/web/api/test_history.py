"""The history by API: narrowed as the page narrows it, taken as a file, counted, and kept as views."""

from __future__ import annotations

import csv
import io
import json

import jsonschema_rs
import pytest

from tests.docs.pages import ROOT
from tests.fakes.front import Front
from tests.fakes.past import Past
from tests.fakes.software import Caller, by_session, by_token


@pytest.fixture
def reviewer(archive: Front) -> Caller:
    return by_session(archive, archive.clinic.reviewer)


def test_the_api_narrows_by_all_that_the_page_does(past: Past, reviewer: Caller) -> None:
    """Purpose, reason, approver, review, hours and order: each finds what it names; hour 0 counts as an hour."""
    plain, broken = past.ordinary(), past.broken(purpose="BTG")
    for asked, found in {
        "purpose=BTG": [broken.id],
        "reason=unresponsive&oldest_first=true": [plain.id, broken.id],
        f"approver={past.approver.id}": [plain.id],
        "review=due": [broken.id],
        "review=none": [plain.id],
        "entitlement=patient-record": [],
        "earliest_hour=0&before_hour=12": [],
        "weekday=sunday&earliest_hour=12": [broken.id, plain.id],
    }.items():
        items = reviewer.get(f"/history?{asked}").json["items"]
        assert [each["id"] for each in items] == found, asked


def test_a_file_comes_as_it_does_on_the_page(past: Past, reviewer: Caller) -> None:
    """The same stream with the same count; software may take it too, and the ledger says that it did."""
    past.ordinary()
    broken = past.broken()
    answer = reviewer.post("/history/file", {"format": "csv", "break_glass": True})
    assert (answer.mimetype, answer.headers["X-Total-Count"]) == ("text/csv", "1")
    assert [row["grant"] for row in csv.DictReader(io.StringIO(answer.text))] == [broken.id]


def test_software_takes_a_file_under_its_own_name(past: Past, archive: Front) -> None:
    """With the scope for the history, and the entry says which software it was."""
    software = by_token(archive, ["history:read"])
    assert software.post("/history/file", {"format": "json"}).status_code == 200
    (entry,) = past.entries("history.exported")
    assert entry.actor == software.get("/me").json["client"]["id"]


def test_the_json_is_what_its_schema_says(past: Past, archive: Front) -> None:
    """Grants of every kind stand in it, and it says at its end that it is whole."""
    past.ended(past.ordinary())
    past.broken()
    past.unconfirmed()
    reviewer = by_session(archive, past.reviewer)  # hours have gone by
    told = reviewer.post("/history/file", {"format": "json", "from": "2026-03-01"})
    schema = json.loads((ROOT / "docs" / "history.schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.validate(schema, json.loads(told.text))
    assert len(told.json["grants"]) == 3
    assert told.json["filters"] == {"from": "2026-03-01"}
    with pytest.raises(json.JSONDecodeError):
        json.loads(told.text[: -len(',"complete":true}\n')])


def test_pictures_are_told_in_numbers(past: Past, reviewer: Caller) -> None:
    """What the page draws, as words and tables."""
    past.broken()
    items = {each["name"]: each for each in reviewer.get("/history/pictures").json["items"]}
    assert items["people"]["rows"] == [["clinician", "1", "100 %", "1"]]
    assert items["live"]["finding"].startswith("1 person has 1 live grant, 1 by breaking the glass.")


def test_views_are_kept_changed_and_removed(past: Past, reviewer: Caller) -> None:
    """A view is a question that can be asked again by its query."""
    grant = past.broken()
    made = reviewer.post("/history/views", {"name": "Nights", "break_glass": True, "earliest_hour": 0}).json
    assert made["query"] == {"break_glass": "yes", "earliest_hour": "0"}
    assert [each["id"] for each in reviewer.get("/history?break_glass=true").json["items"]] == [grant.id]
    where = f"/history/views/{made['id']}"
    assert reviewer.post(where, {"name": "Louder", "shared": True}).json["name"] == "Louder"
    assert [each["name"] for each in reviewer.get("/history/views").json["items"]] == ["Louder"]
    assert reviewer.post(f"{where}/remove").json == {"count": 1}
    assert reviewer.get("/history/views").json["items"] == []


def test_a_story_is_told_at_a_glance_and_by_event(past: Past, reviewer: Caller) -> None:
    """Software reads the same line of figures, and by each step's event what it is about."""
    told = reviewer.get(f"/history/{past.ended(past.broken()).id}").json
    glance = {each["label"]: (each["value"], each["tone"]) for each in told["glance"]}
    assert glance["Approved by"] == ("nobody, glass broken", "warn")
    assert glance["Ended"] == ("handed back", "plain")
    events = [step["event"] for step in told["steps"]]
    assert events[0] == "request.asked"
    assert "grant.revoked" in events
