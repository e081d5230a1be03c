from __future__ import annotations

import pytest

from broker.notes.note import text_of
from broker.retention.before_time import list_erasures
from broker.retention.hold import list_holds
from tests.fakes.front import Browser, Front
from tests.fakes.past import Past

CASE = {"kind": "patient", "thing": "P-1001", "reason": "case 17"}


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    browser = archive.browser(archive.clinic.reviewer)
    browser.get("/holds")
    return browser


@pytest.fixture
def admin(archive: Front) -> Browser:
    browser = archive.browser(archive.clinic.admin)
    browser.get("/holds")
    return browser


def test_a_hold_is_placed_and_released_by_the_page(past: Past, reviewer: Browser, admin: Browser) -> None:
    """It shows whose it is, why, and since when; released, it is told under Earlier."""
    assert reviewer.post("/holds", {**CASE, "act": "hold"}).status_code == 303
    reviewer.get("/holds?said=placed")
    for words in ("Patient P-1001", "case 17", "reviewer", "The hold stands"):
        assert words in reviewer.page
    with past.store.read() as reader:
        (hold,) = list_holds(reader)
    assert admin.post(f"/holds/{hold.id}/release", {"reason": ""}).status_code == 422
    assert "Say why" in admin.page
    assert admin.post(f"/holds/{hold.id}/release", {"reason": "closed"}).status_code == 303
    admin.get("/holds")
    assert "No hold stands." in admin.page
    assert "Hold: Patient P-1001" in admin.page
    admin.post(f"/holds/{hold.id}/release", {"reason": "closed"})
    assert "released already" in admin.page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({**CASE, "kind": ""}, "kind"),
        ({**CASE, "kind": "ward"}, "kind"),
        ({**CASE, "thing": "P-0"}, "thing"),
        ({**CASE, "reason": ""}, "reason"),
        ({**CASE, "reason": "born 01.02.1950"}, "reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    past: Past, reviewer: Browser, fields: dict[str, str], field: str
) -> None:
    """Nothing typed is lost, nothing is held."""
    assert reviewer.post("/holds", {**fields, "act": "hold"}).status_code == 422
    assert f'href="#field-{field}"' in reviewer.page
    assert f'value="{fields["thing"]}"' in reviewer.page
    with past.store.read() as reader:
        assert not list_holds(reader)


def test_an_erasure_needs_two_people_by_the_page_too(past: Past, reviewer: Browser, admin: Browser) -> None:
    """Whoever asked sees no button for it and is refused when they post all the same; a colleague confirms."""
    grant = past.ended(past.ordinary())
    reviewer.post("/holds", {**CASE, "act": "erase"})
    with past.store.read() as reader:
        (asked,) = list_erasures(reader)
    reviewer.get("/holds")
    assert "somebody else has to confirm" in reviewer.page
    assert "Erase now" not in reviewer.page
    assert reviewer.post(f"/erasures/{asked.id}/confirm").status_code == 403
    admin.get("/holds")
    assert "Erase now" in admin.page
    assert admin.post(f"/erasures/{asked.id}/confirm").status_code == 303
    with past.store.read() as reader:
        assert not text_of(past.notes.note_of(reader, grant.request_id))
    admin.post(f"/erasures/{asked.id}/confirm")
    assert "is done already" in admin.page
    reviewer.get(f"/history/{grant.id}")
    assert "Erased on 2026-03-01." in reviewer.page


def test_an_erasure_can_be_refused_or_taken_back(past: Past, reviewer: Browser, admin: Browser) -> None:
    """Nothing goes; an administrator alone cannot ask for one."""
    reviewer.post("/holds", {**CASE, "act": "erase"})
    with past.store.read() as reader:
        (asked,) = list_erasures(reader)
    assert reviewer.post(f"/erasures/{asked.id}/refuse").status_code == 303
    assert "note.erased" not in past.events()
    assert admin.post("/holds", {**CASE, "act": "erase"}).status_code == 403


def test_a_get_changes_nothing(past: Past, reviewer: Browser) -> None:
    """Whoever comes back from signing in is led to the list."""
    reviewer.post("/holds", {**CASE, "act": "hold"})
    before = past.events()
    for path in ("/holds/x/release", "/erasures/x/confirm", "/erasures/x/refuse"):
        assert reviewer.get(path).status_code == 303
    assert past.events() == before


def test_nobody_else_gets_in(past: Past, archive: Front) -> None:
    """Neither a clinician nor an approver sees what is held against whom."""
    for member in (past.clinician, past.approver):
        browser = archive.browser(member)
        browser.get("/")
        assert browser.get("/holds").status_code == 403
        assert browser.post("/holds", {**CASE, "act": "hold"}).status_code == 403
