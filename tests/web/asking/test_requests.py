"""The request form: one page, one submit, nothing typed is ever lost."""

from __future__ import annotations

import pytest
from markupsafe import escape

from tests.fakes.front import Browser, Front, ask_fields

FORM = "/requests/new"


@pytest.fixture
def clinician(front: Front) -> Browser:
    browser = front.browser(front.clinic.clinician)
    browser.get(FORM)
    return browser


def test_it_offers_what_policy_offers_this_person(front: Front, clinician: Browser) -> None:
    """Cards, purposes, reasons, durations and the amber button come from policy."""
    titles = [each.title for each in front.parts.catalog.entitlements.values()]
    for words in (*titles, "Emergency treatment", "30 minutes"):
        assert str(escape(words)) in clinician.page
    assert "Break the glass now" in clinician.page
    assert "Every approver on call is told at once" in clinician.page
    approver = front.browser(front.clinic.approver)
    approver.get(FORM)
    assert "Policy offers you nothing" in approver.page
    assert "Request access" not in approver.page


def test_one_submit_asks_and_leads_to_where_it_waits(front: Front, clinician: Browser) -> None:
    """A request that needs an approver waits on a page of its own, and its address names no patient."""
    answer = clinician.post(FORM, ask_fields(code=clinician.code()))
    assert answer.status_code == 303
    assert answer.location.startswith("/requests/req_")
    clinician.get(answer.location)
    assert "Waiting for approval" in clinician.page
    assert "2 people were told" in clinician.page


def test_breaking_the_glass_leads_straight_to_the_access(front: Front, clinician: Browser) -> None:
    """The amber button grants at once, and the page gives the recording and says what is owed."""
    front.fill_shelf(b"sound")
    answer = clinician.post(FORM, ask_fields(patient="P-7777", path="break_glass", code=clinician.code()))
    assert answer.status_code == 303
    clinician.get(answer.location)
    assert "Open recording" in clinician.page
    assert "A review is due within 24 hours" in clinician.page
    assert "This access is recorded and reviewed" in clinician.page


def test_a_role_on_a_site_is_active_when_the_page_opens(front: Front, clinician: Browser) -> None:
    """Whoever breaks the glass for a site waits for the push, not for the sweep."""
    fields = ask_fields(entitlement="wordpress-notes", path="break_glass", code=clinician.code())
    clinician.get(clinician.post(FORM, fields).location)
    assert "Go to the site" in clinician.page
    assert "https://clinic.example" in clinician.page


@pytest.mark.parametrize("empty", ["patient", "entitlement", "purpose", "reason", "duration", "code"])
def test_each_empty_field_is_named_and_the_rest_is_kept(clinician: Browser, empty: str) -> None:
    """A focused summary links to the field, and what was typed elsewhere is still there, except the code."""
    code = clinician.code()
    answer = clinician.post(FORM, {**ask_fields(code=code), empty: " "})
    assert answer.status_code == 422
    assert "<title>Error: " in clinician.page
    assert f'href="#field-{empty}"' in clinician.page
    assert "data-focus" in clinician.page
    assert "collapsed after the visit" in clinician.page
    assert code not in clinician.page


def test_absent_and_forbidden_patients_look_the_same(clinician: Browser) -> None:
    """Nobody learns from the form who is a patient here: same status, same words, same size."""
    pages = []
    for patient in ("P-9999", "P-2002"):
        fields = ask_fields(patient=patient, entitlement="patient-record", code=clinician.code())
        answer = clinician.post(FORM, fields)
        assert answer.status_code == 422
        pages.append(_without_what_differs(clinician.page, patient))
    assert pages[0] == pages[1]


def _without_what_differs(page: str, patient: str) -> str:
    kept = [line for line in page.splitlines() if "csrf_token" not in line and "submission" not in line]
    return "\n".join(kept).replace(patient, "PATIENT")


def test_a_note_that_names_somebody_needs_a_tick(clinician: Browser) -> None:
    """The warning comes with a box to tick, and the ticked note is taken."""
    fields = ask_fields(note="born 01.02.1980", code=clinician.code())
    assert "It identifies nobody" not in clinician.page
    assert clinician.post(FORM, fields).status_code == 422
    assert "It identifies nobody" in clinician.page
    again = {**fields, "note_confirmed": "yes", "code": clinician.code()}
    assert clinician.post(FORM, again).status_code == 303


def test_a_wrong_code_is_said_at_its_field(clinician: Browser) -> None:
    """The words of the refusal stand at the code, and nothing was asked."""
    answer = clinician.post(FORM, ask_fields(code="000000"))
    assert answer.status_code == 422
    assert 'id="fault-code"' in clinician.page
    assert "That code is not right." in clinician.page
    clinician.get("/")
    assert "You have asked for nothing yet" in clinician.page


def test_a_form_sent_twice_is_one_request(front: Front, clinician: Browser) -> None:
    """A double click leads to the same request, although the code is used up."""
    fields = ask_fields(submission="form_0123456789abcdef0123", code=clinician.code())
    first, second = clinician.post(FORM, fields), clinician.post(FORM, fields)
    assert first.location == second.location
    assert front.clinic.events().count("request.asked") == 1


def test_an_overdue_review_stops_breaking_the_glass_in_words(front: Front, clinician: Browser) -> None:
    """Policy's refusal is shown on the form, which keeps what was typed."""
    front.clinic.break_glass()
    front.clinic.clock.advance(hours=25)
    again = front.browser(front.clinic.clinician)
    again.get(FORM)
    answer = again.post(FORM, ask_fields(path="break_glass", code=again.code()))
    assert answer.status_code == 403
    assert "A review of earlier access is overdue" in again.page
    assert "collapsed after the visit" in again.page


def test_the_code_of_the_form_also_completes_the_sign_in(front: Front) -> None:
    """With the password alone the form opens; its code asks, signs in, and replaces the token."""
    browser = front.browser(front.clinic.clinician, first_factor=True)
    assert browser.get(FORM).status_code == 200
    assert "It also completes your sign-in" in browser.page
    before = browser.client.get_cookie("session", domain="127.0.0.1")
    answer = browser.post(FORM, ask_fields(code=browser.code()))
    after = browser.client.get_cookie("session", domain="127.0.0.1")
    assert answer.status_code == 303
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert browser.get(answer.location).status_code == 200
    assert "person.signed_in" in front.clinic.events()


def test_a_wrong_code_signs_nobody_in(front: Front) -> None:
    """With the password alone a refused form leaves everything else closed."""
    browser = front.browser(front.clinic.clinician, first_factor=True)
    browser.get(FORM)
    browser.post(FORM, ask_fields(code="000000"))
    assert browser.get("/").status_code == 303


def test_what_was_typed_comes_back_after_signing_in_again(front: Front) -> None:
    """A session that ended while the form was open costs a sign-in, not the form."""
    browser = front.browser(front.clinic.clinician)
    with browser.client.session_transaction(base_url="http://127.0.0.1:8000") as form_cookie:
        form_cookie["person"] = front.clinic.clinician.id
    browser.get(FORM)
    token = front.browser(front.clinic.clinician).client.get_cookie("session", domain="127.0.0.1")
    browser.client.delete_cookie("session", domain="127.0.0.1")
    answer = browser.post(FORM, ask_fields(code="123456"))
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
    assert token is not None
    browser.client.set_cookie("session", token.value, domain="127.0.0.1")
    browser.get(FORM)
    assert "collapsed after the visit" in browser.page
    assert "123456" not in browser.page
    assert "request.asked" not in front.clinic.events()
