from __future__ import annotations

import csv
import json

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.web.frame.typed import PERSON
from tests.fakes.front import BASE, Browser, Front
from tests.fakes.past import Past


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    browser = archive.browser(archive.clinic.reviewer)
    browser.get("/disclosures")
    return browser


def wanted(document: str, **changes: str) -> dict[str, str]:
    return {"patient": "p-1001", "from": "", "to": "", "wanted": document, **changes}


def test_an_accounting_names_who_could_open_what(past: Past, reviewer: Browser) -> None:
    """With the day, the thing, the purpose, and what the law would let be left out."""
    past.broken()
    answer = reviewer.post("/disclosures", wanted("accounting.page"))
    assert answer.status_code == 200
    for words in ("P-1001", "clinician", "Telehealth recording", "Emergency treatment", "Treatment", "glass"):
        assert words in reviewer.page
    assert "collapsed" not in reviewer.page


def test_the_csv_and_the_bundle_are_files(past: Past, archive: Front, reviewer: Browser) -> None:
    """Each event of the Bundle is one that a model of FHIR takes: begun, opened, ended."""
    grant = past.broken()
    with past.store.write() as tx:
        facts = {"holding": "rec_x", "link": "link_x"}
        past.ledger.append(
            tx, Entry("link.exchanged", past.clinician.id, grant.request_id, grant.id, facts=facts)
        )
    past.ended(grant)
    table = reviewer.post("/disclosures", wanted("accounting.csv"))
    assert table.headers["Content-Disposition"] == 'attachment; filename="accounting-of-disclosures.csv"'
    assert len(list(csv.reader(table.get_data(as_text=True).splitlines()))) == 2
    bundle = json.loads(reviewer.post("/disclosures", wanted("accounting.fhir")).get_data())
    events = [AuditEvent.model_validate(each["resource"]) for each in bundle["entry"]]
    assert len(events) == 3
    text = json.dumps(bundle)
    assert "P-1001" in text
    assert "collapsed" not in text


def test_the_answer_is_a_page_and_a_file(past: Past, reviewer: Browser) -> None:
    """Both say the same; notes only where they were asked for."""
    past.ordinary()
    page = reviewer.post("/disclosures", wanted("answer.page"))
    assert page.status_code == 200
    assert "What is kept about you" in reviewer.page
    assert "collapsed" not in reviewer.page
    assert "clinician" not in reviewer.page.split("<main")[1]
    said = json.loads(reviewer.post("/disclosures", wanted("answer.json", with_notes="yes")).get_data())
    assert said["accesses"][0]["note"] == "collapsed after the visit"


def test_looking_by_address_alone_draws_up_nothing(past: Past, reviewer: Browser) -> None:
    """A GET shows the form, writes nothing, and its address never holds a patient."""
    before = past.events()
    reviewer.get("/disclosures?patient=P-1001&wanted=accounting.page")
    assert past.events() == before
    assert "Telehealth recording" not in reviewer.page
    reviewer.post("/disclosures", wanted("accounting.page"))
    assert past.events() == [*before, "disclosures.told"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (wanted("accounting.page", patient="P-0"), "patient"),
        (wanted("accounting.page", **{"from": "yesterday"}), "from"),
        (wanted("accounting.page", to="2031-01-01"), "to"),
        (wanted("nonsense"), ""),
        (wanted("answer.csv"), "form"),
    ],
)
def test_what_cannot_be_answered_is_said_at_its_field(
    past: Past, reviewer: Browser, fields: dict[str, str], field: str
) -> None:
    """Nothing typed is lost, and nothing is written."""
    before = past.events()
    answer = reviewer.post("/disclosures", fields)
    assert answer.status_code == 422
    assert not field or f'href="#field-{field}"' in reviewer.page
    assert f'value="{fields["patient"]}"' in reviewer.page
    assert past.events() == before


def test_nobody_else_gets_in(past: Past, archive: Front) -> None:
    """Neither who holds access, nor who approves, nor who administers."""
    past.broken()
    for member in (past.clinician, past.approver, past.admin):
        browser = archive.browser(member)
        browser.get("/")
        assert browser.get("/disclosures").status_code == 403
        assert browser.post("/disclosures", wanted("accounting.page")).status_code == 403
    assert "disclosures.told" not in past.events()


def test_a_session_that_ended_does_not_cost_what_was_typed(
    past: Past, archive: Front, reviewer: Browser
) -> None:
    """After signing in again the form is as it was, and no document was drawn up meanwhile."""
    with reviewer.client.session_transaction(base_url=BASE) as kept:
        kept[PERSON] = past.reviewer.id
    archive.clinic.clock.advance(hours=13)
    assert reviewer.post("/disclosures", wanted("accounting.page")).status_code == 303
    with past.store.read() as reader:
        assert "disclosures.told" not in {row.event for row in reader.all(ledger_entries.select())}
