"""The request form and the page of a request."""

from __future__ import annotations

from tests.fakes.front import Front, ask_fields


def test_a_request_waits_for_an_approver(front: Front) -> None:
    """One submit asks, and leads to the page where the request waits."""
    browser = front.browser(front.clinic.clinician)
    assert browser.get("/requests/new").status_code == 200
    answer = browser.post("/requests/new", ask_fields(code=browser.code()))
    assert answer.status_code == 303, browser.page
    assert browser.get(answer.location).status_code == 200
    assert "Waiting for approval" in browser.page
    assert browser.get("/").status_code == 200
    approver = front.browser(front.clinic.approver)
    assert approver.get("/").status_code == 200
    assert approver.get(answer.location + "/decide").status_code == 200
