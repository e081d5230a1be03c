"""Past the block of an overdue review, on the two pages where the glass is broken."""

from __future__ import annotations

import pytest

from tests.fakes.front import Browser, Front, ask_fields

FORM = "/requests/new"
DANGER = "bleeding, allergies unknown"


@pytest.fixture
def clinician(front: Front) -> Browser:
    """Whose break-glass of the day before nobody has reviewed."""
    front.clinic.break_glass()
    front.clinic.clock.advance(hours=25)
    browser = front.browser(front.clinic.clinician)
    browser.get(FORM)
    return browser


def test_the_form_asks_for_the_danger_at_once(clinician: Browser) -> None:
    """Nobody in a hurry has to be refused first to learn what is wanted."""
    assert "What is the danger?" in clinician.page
    assert "A review of your earlier access is overdue" in clinician.page


def test_nobody_else_is_asked_for_a_danger(front: Front) -> None:
    """The form is as short as ever for whoever owes nothing."""
    browser = front.browser(front.clinic.clinician)
    browser.get(FORM)
    assert "What is the danger?" not in browser.page


def test_without_it_the_field_is_marked_and_nothing_typed_is_lost(front: Front, clinician: Browser) -> None:
    """403, the note stands, the same code may be used again, and stated the danger leads in."""
    code = clinician.code()
    fields = ask_fields(path="break_glass", note="collapsed", code=code)
    assert clinician.post(FORM, fields).status_code == 403
    assert 'href="#field-danger"' in clinician.page
    assert "collapsed</textarea>" in clinician.page
    answer = clinician.post(FORM, {**fields, "danger": DANGER})
    assert answer.status_code == 303
    assert answer.location.startswith("/grants/")
    assert front.clinic.events().count("review.block_overridden") == 1


def test_the_danger_does_not_make_an_ordinary_request_louder(front: Front, clinician: Browser) -> None:
    """Typed beside the ordinary button it is nobody's business."""
    answer = clinician.post(FORM, ask_fields(danger=DANGER, code=clinician.code()))
    assert answer.location.startswith("/requests/req_")
    assert "review.block_overridden" not in front.clinic.events()


def test_a_danger_that_names_somebody_is_questioned(clinician: Browser) -> None:
    """As the note is, with the same box."""
    fields = ask_fields(path="break_glass", danger="dying, born 1.2.1950", code=clinician.code())
    assert clinician.post(FORM, fields).status_code == 422
    assert "It identifies nobody" in clinician.page


def test_a_waiting_request_asks_for_it_too(front: Front, clinician: Browser) -> None:
    """On the page of a request nobody answers."""
    there = clinician.post(FORM, ask_fields(code=clinician.code())).location
    front.clinic.clock.advance(minutes=6)
    clinician.get(there)
    assert "What is the danger?" in clinician.page
    refused = clinician.post(f"{there}/break-glass", {"code": clinician.code()})
    assert refused.status_code == 403
    assert 'href="#field-danger"' in clinician.page
    short = clinician.post(f"{there}/break-glass", {"code": clinician.code(), "danger": "now"})
    assert short.status_code == 422
    answer = clinician.post(f"{there}/break-glass", {"code": clinician.code(), "danger": DANGER})
    assert answer.location.startswith("/grants/")


def test_the_reviewer_reads_what_was_stated(front: Front, clinician: Browser) -> None:
    """In the story of the access, beside how soon it has to be reviewed."""
    fields = ask_fields(path="break_glass", danger=DANGER, code=clinician.code())
    grant_id = clinician.post(FORM, fields).location.rsplit("/", 1)[1]
    reviewer = front.browser(front.clinic.reviewer)
    reviewer.get(f"/history/{grant_id}")
    assert "stated a danger to the patient to get in" in reviewer.page
    assert DANGER in reviewer.page
