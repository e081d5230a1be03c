"""The page of a request: how far it is, and what its person can still do."""

from __future__ import annotations

import re

from sqlalchemy import update

from broker.access.decide import Verdict, decide
from broker.patients.tables import patients
from tests.fakes.front import Browser, Front


def _waiting(front: Front) -> tuple[Browser, str]:
    asked = front.clinic.ask()
    return front.browser(front.clinic.clinician), f"/requests/{asked.request.id}"


def test_another_clinician_finds_nothing_there(front: Front) -> None:
    """Another person's request looks like one that does not exist."""
    _, page = _waiting(front)
    other = front.browser(front.clinic.join("colleague"))
    missing = other.get("/requests/req_00000000000000000000")
    assert other.get(page).status_code == missing.status_code == 404
    assert other.post(f"{page}/withdraw").status_code == 404


def test_withdrawing_ends_it(front: Front) -> None:
    """The one who asked takes it back, and the page says so."""
    browser, page = _waiting(front)
    browser.get(page)
    assert browser.post(f"{page}/withdraw").location == page
    browser.get(page)
    assert "<h1>Withdrawn" in browser.page
    assert "Withdraw request" not in browser.page
    assert browser.post(f"{page}/withdraw").status_code == 409


def test_breaking_the_glass_appears_once_approvers_had_their_time(front: Front) -> None:
    """Five minutes unanswered, the page offers it with the on-call contact, and one code goes in."""
    browser, page = _waiting(front)
    browser.get(page)
    assert "Break the glass now" not in browser.page
    front.clinic.clock.advance(minutes=5)
    browser.get(page)
    assert "Break the glass now" in browser.page
    assert "your on-call security contact" in browser.page
    assert browser.post(f"{page}/break-glass", {"code": ""}).status_code == 422
    assert browser.post(f"{page}/break-glass", {"code": "000000"}).status_code == 422
    answer = browser.post(f"{page}/break-glass", {"code": browser.code()})
    assert answer.location.startswith("/grants/grant_")
    browser.get(page)
    assert "<h1>Withdrawn" in browser.page


def test_breaking_the_glass_too_early_is_refused(front: Front) -> None:
    """A hand-made post before the time is answered with why."""
    browser, page = _waiting(front)
    browser.get(page)
    answer = browser.post(f"{page}/break-glass", {"code": browser.code()})
    assert answer.status_code == 403
    assert "still have time" in browser.page


def test_what_changed_while_it_waited_is_told_on_the_page_of_the_request(front: Front) -> None:
    """A patient who is no longer covered stops the break-glass with the usual words, above the request itself."""
    browser, page = _waiting(front)
    front.clinic.clock.advance(minutes=5)
    browser.get(page)
    with front.clinic.store.write() as tx:
        tx.execute(update(patients).values(compartment="sealed"))
    answer = browser.post(f"{page}/break-glass", {"code": browser.code()})
    assert answer.status_code == 422
    assert "No access can be asked for with this patient id." in browser.page
    assert "Withdraw request" in browser.page


def test_a_denial_is_told_with_its_comment(front: Front) -> None:
    """Who, when and why stand in the timeline."""
    browser, page = _waiting(front)
    clinic = front.clinic
    request_id = page.rsplit("/", 1)[1]
    decide(
        clinic.equipment,
        clinic.approver.person,
        request_id,
        Verdict.DENY,
        "Ask the ward.",
        clinic.approver.fresh,
    )
    browser.get(page)
    assert "<h1>Denied" in browser.page
    assert "approver denied it" in browser.page
    assert "Ask the ward." in browser.page


def test_an_approved_request_leads_to_its_access(front: Front) -> None:
    """The page of an approved request links to what it gave."""
    browser, page = _waiting(front)
    decided = front.clinic.approve(page.rsplit("/", 1)[1])
    assert decided.grant is not None
    browser.get(page)
    assert f'href="/grants/{decided.grant.id}"' in browser.page


def test_a_request_past_its_time_is_lapsed_before_anybody_swept(front: Front) -> None:
    """The page never says that something still waits when nobody could approve it any more."""
    _, page = _waiting(front)
    front.clinic.clock.advance(minutes=30)
    fresh = front.browser(front.clinic.clinician)
    fresh.get(page)
    assert "Lapsed: nobody answered in time" in fresh.page
    assert "Withdraw request" not in fresh.page


def test_the_refreshing_part_is_silent_until_there_is_news(front: Front) -> None:
    """Nothing is swapped while nothing changed; what changed is read out."""
    browser, page = _waiting(front)
    browser.get(page)
    address = _address_of_news(browser.page)
    assert browser.get(address).status_code == 204
    front.clinic.approve(page.rsplit("/", 1)[1])
    news = browser.get(address)
    assert news.status_code == 200
    assert 'data-announce="Approved' in news.get_data(as_text=True)


def test_refreshing_keeps_no_session_alive(front: Front) -> None:
    """A page left open on a ward PC signs itself out when nobody touches it."""
    browser, page = _waiting(front)
    for _ in range(3):
        front.clinic.clock.advance(minutes=14)
        answer = browser.get(f"{page}/now", headers={"HX-Request": "true"})
    assert answer.headers.get("HX-Redirect", "").startswith("/sign-in")


def test_signing_in_again_does_nothing_on_its_own(front: Front) -> None:
    """A get at the address of an act leads to the page and changes nothing."""
    browser, page = _waiting(front)
    for act in ("withdraw", "break-glass"):
        assert browser.get(f"{page}/{act}").location == page
    browser.get(page)
    assert "Waiting for approval" in browser.page


def test_nothing_of_the_patient_stands_in_addresses(front: Front) -> None:
    """Links and forms carry our own ids alone."""
    browser, page = _waiting(front)
    browser.get(page)
    addresses = re.findall(r'(?:href|action|hx-get|src)="([^"]*)"', browser.page)
    assert addresses
    assert not [each for each in addresses if "1001" in each]


def _address_of_news(page: str) -> str:
    found = re.search(r'hx-get="([^"]+)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")
