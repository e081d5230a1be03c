import csv
import io
import json
import re

import pytest

from broker.errors import Refused
from broker.identity.disable import disable
from broker.ledger.entry import Recorded
from broker.ledger.read import latest
from broker.review.history.exporting.exported import Format, record_export
from broker.review.history.filters import Filters
from broker.web.reviewing.history.files import send_file_of
from tests.fakes.front import Browser, Front
from tests.fakes.past import Past


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    return archive.browser(archive.clinic.reviewer)


def last_entry(past: Past) -> Recorded:
    with past.store.read() as reader:
        found = latest(reader)
    assert found is not None
    return found


def test_the_file_answers_the_same_question(past: Past, reviewer: Browser) -> None:
    """Download CSV on a filtered page gives the filtered grants."""
    broken = past.broken()
    past.ordinary()
    reviewer.get("/history?break_glass=yes")
    form = re.search(r'<form method="post" action="/history/file".*?</form>', reviewer.page, re.DOTALL)
    assert form is not None
    assert "Download CSV" in form.group()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.group()))
    answer = reviewer.post("/history/file", {**fields, "format": "csv"})
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Total-Count"] == "1"
    assert [row["grant"] for row in csv.DictReader(io.StringIO(answer.text))] == [broken.id]


@pytest.mark.parametrize("file_format", ["csv", "json", "fhir"])
def test_a_file_is_written_down_before_it_leaves(past: Past, reviewer: Browser, file_format: str) -> None:
    """The ledger says who took which question, in what format and how many grants it held; no patient of the clinic's."""
    past.ordinary()
    reviewer.get("/history")
    answer = reviewer.post("/history/file", {"patient": past.patient.id, "format": file_format})
    assert answer.status_code == 200
    entry = last_entry(past).entry
    assert (entry.event, entry.actor) == ("history.exported", past.reviewer.id)
    assert entry.facts == {"query": {"patient": past.patient.id}, "format": file_format, "rows": 1}
    assert "P-1001" not in answer.text
    assert "collapsed" not in answer.text


def test_nothing_leaves_that_is_not_written_down(past: Past, reviewer: Browser) -> None:
    """While the store takes nothing there is no file."""
    past.ordinary()
    reviewer.get("/history")
    before = last_entry(past).seq
    with past.store.engine.connect() as connection, connection.execution_options(broker_writes=True).begin():
        connection.exec_driver_sql("SELECT 1")  # begins it
        answer = reviewer.post("/history/file", {"format": "csv"})
    assert answer.status_code == 503
    assert "grant_" not in answer.text
    assert last_entry(past).seq == before


def test_an_older_link_leads_to_the_buttons(past: Past, reviewer: Browser) -> None:
    """A GET gives no file, because it may write nothing down; it shows the question and where to take it."""
    past.ordinary()
    answer = reviewer.get("/history.csv?break_glass=yes")
    assert answer.status_code == 303
    assert answer.location == "/history?break_glass=yes#files"


def test_a_file_of_no_known_kind_is_refused(past: Past, reviewer: Browser) -> None:
    """Nothing is sent and nothing is written down."""
    past.ordinary()
    reviewer.get("/history")
    before = last_entry(past).seq
    assert reviewer.post("/history/file", {"format": "xlsx"}).status_code == 422
    assert last_entry(past).seq == before


def test_the_fhir_file_holds_the_whole_story_of_each_grant(past: Past, reviewer: Browser) -> None:
    """A Bundle with an AuditEvent for every entry of the grant and of its request, and of no other."""
    past.ended(past.ordinary())
    kept = past.ended(past.broken())
    reviewer.get("/history")
    answer = reviewer.post("/history/file", {"break_glass": "yes", "format": "fhir"})
    bundle = json.loads(answer.text)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    events = [entry["resource"]["subtype"] for entry in bundle["entry"]]
    names = [code["code"] for codes in events for code in codes]
    for event in ("request.asked", "grant.issued", "grant.revoked"):
        assert names.count(event) == 1, event
    assert answer.text.count(kept.request_id) > 0


def test_a_file_breaks_off_when_its_taker_is_switched_off(past: Past, archive: Front) -> None:
    """What was sent by then is no whole document, and nothing more follows."""
    for _ in range(3):
        past.broken()
    reviewer, sent = past.reviewer.person, ""
    export = record_export(past.store, past.ledger, reviewer.id, Filters(), past.zone, Format.JSON)
    with archive.app.test_request_context():
        lines = iter(send_file_of(archive.parts, export, reviewer).response)
        sent += str(next(lines))
        with past.store.write() as tx:
            disable(tx, past.ledger, reviewer.id, actor=past.admin.id)
        with pytest.raises(Refused):
            next(lines)
    assert "grant_" not in sent


def test_nobody_takes_a_file_without_signing_in(archive: Front) -> None:
    """The file is guarded like the page."""
    assert archive.stranger().get("/history/file").status_code == 303
