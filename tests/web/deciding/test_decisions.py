"""Deciding: GET shows, POST decides, and whoever scans the link decides nothing."""

from __future__ import annotations

import itertools
import re

import pytest
from sqlalchemy import update

from broker.access.withdraw import withdraw
from broker.sites.tables import sites
from tests.fakes.front import BASE, Browser, Front


@pytest.fixture
def link(front: Front) -> str:
    return f"/requests/{front.clinic.ask().request.id}/decide"


@pytest.fixture
def approver(front: Front, link: str) -> Browser:
    browser = front.browser(front.clinic.approver)
    browser.get(link)
    return browser


def test_it_shows_who_what_how_long_and_why(approver: Browser) -> None:
    """Everything an approver needs stands on the link, with the effective permissions."""
    for words in ("clinician", "P-1001", "Telehealth recording", "Play “A recording”", "15 minutes"):
        assert words in approver.page
    for words in ("Emergency treatment", "Patient cannot speak", "collapsed", "telehealth-recording, "):
        assert words in approver.page


def test_one_click_approves_and_says_until_when(front: Front, approver: Browser, link: str) -> None:
    """With a fresh sign-in one button is enough; afterwards the page says what happened."""
    assert "One-time code" not in approver.page
    assert approver.post(link, {"verdict": "approve"}).location == link
    approver.get(link)
    assert "You approved this" in approver.page
    assert re.search(r"Access until <time [^>]*>12:1", approver.page)
    assert 'value="approve"' not in approver.page
    assert "grant.active" in front.clinic.events()


def test_pressing_twice_is_approving_once(front: Front, approver: Browser, link: str) -> None:
    """The second of two clicks leads to the same page."""
    approver.post(link, {"verdict": "approve"})
    assert approver.post(link, {"verdict": "approve"}).location == link
    assert front.clinic.events().count("request.approved") == 1


def test_a_stale_sign_in_asks_for_a_code(front: Front, approver: Browser, link: str) -> None:
    """After the policy's five minutes the page wants a code, and takes it with the verdict."""
    front.clinic.clock.advance(minutes=6)
    approver.get(link)
    assert "One-time code" in approver.page
    assert approver.post(link, {"verdict": "approve"}).status_code == 422
    assert approver.post(link, {"verdict": "approve", "code": "000000"}).status_code == 422
    assert "That code is not right." in approver.page
    assert approver.post(link, {"verdict": "approve", "code": approver.code()}).status_code == 303


def test_denying_needs_a_comment(front: Front, approver: Browser, link: str) -> None:
    """Without one the field is named and nothing is decided."""
    assert approver.post(link, {"verdict": "deny", "comment": " "}).status_code == 422
    assert 'href="#field-comment"' in approver.page
    assert approver.post(link, {"verdict": "deny", "comment": "Ask the ward."}).status_code == 303
    approver.get(link)
    assert "You denied this" in approver.page


def test_no_verdict_decides_nothing(front: Front, approver: Browser, link: str) -> None:
    """A post without one of the two buttons is asked again."""
    assert approver.post(link, {"verdict": "perhaps"}).status_code == 422
    assert "request.approved" not in front.clinic.events()


def test_ones_own_request_is_shown_and_not_decidable(front: Front, link: str) -> None:
    """The one who asked sees the link, and why they cannot decide."""
    own = front.browser(front.clinic.clinician)
    own.get(link)
    assert "This is your own request" in own.page
    assert 'value="approve"' not in own.page
    assert own.post(link, {"verdict": "approve"}).status_code == 403
    assert "request.approved" not in front.clinic.events()


def test_an_admin_decides_nothing_either(front: Front, link: str) -> None:
    """No role but the policy's approvers decides."""
    admin = front.browser(front.clinic.admin)
    admin.get(link)
    assert "Your roles do not include deciding" in admin.page
    assert admin.post(link, {"verdict": "approve"}).status_code == 403


def test_what_is_decided_already_says_by_whom(front: Front, approver: Browser, link: str) -> None:
    """A late approver reads who was faster, and a late post is a conflict."""
    approver.post(link, {"verdict": "approve"})
    late = front.browser(front.clinic.second_approver)
    late.get(link)
    assert "approver approved it" in late.page
    assert late.post(link, {"verdict": "deny", "comment": "no"}).status_code == 409


def test_a_withdrawn_request_says_so(front: Front, approver: Browser, link: str) -> None:
    """Nothing is left to decide once the person took it back."""
    withdraw(front.clinic.equipment, front.clinic.clinician.person, link.split("/")[2])
    assert approver.post(link, {"verdict": "approve"}).status_code == 409
    assert "clinician withdrew it" in approver.page


def test_two_approvals_are_two_people(front: Front) -> None:
    """The first of two is told that another approver has to agree as well."""
    asked = front.clinic.ask(patient_ref="P-2002", entitlement="restricted-record")
    link = f"/requests/{asked.request.id}/decide"
    first, second = front.browser(front.clinic.approver), front.browser(front.clinic.reviewer)
    first.get(link)
    first.post(link, {"verdict": "approve"})
    first.get(link)
    assert "Another approver has to agree" in first.page
    second.get(link)
    second.post(link, {"verdict": "approve"})
    second.get(link)
    assert "Access until" in second.page


def test_a_post_without_a_session_decides_nothing_afterwards(front: Front, link: str) -> None:
    """It leads to the sign-in and back to the link, where the button has to be pressed again."""
    browser = front.browser(front.clinic.approver)
    browser.get(link)
    token = browser.client.get_cookie("session", domain="127.0.0.1")
    assert token is not None
    browser.client.delete_cookie("session", domain="127.0.0.1")
    answer = browser.post(link, {"verdict": "approve"})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
    browser.client.set_cookie("session", token.value, domain="127.0.0.1")
    browser.get(link)
    assert "Approve or deny?" in browser.page
    assert "request.approved" not in front.clinic.events()


def test_a_thousand_scanner_visits_approve_nothing(front: Front, link: str) -> None:
    """Fetches, heads and posts, without a session, without a form's token, with a wrong one, with a wrong role."""
    nobody, clinic = front.stranger(), front.clinic
    signed_in = [front.browser(who) for who in (clinic.approver, clinic.clinician, clinic.admin)]
    for browser in (nobody, *signed_in):
        browser.get("/sign-in")
    yes = {"verdict": "approve", "comment": "", "code": "000000"}
    visits = [
        lambda: nobody.get(link),
        lambda: nobody.client.head(link, base_url=BASE),
        lambda: nobody.post(link, yes),
        lambda: nobody.post(link, {**yes, "csrf_token": ""}),
        lambda: nobody.post(link, {**yes, "csrf_token": "x" * 80}),
        lambda: nobody.client.options(link, base_url=BASE),
        lambda: signed_in[0].get(link, headers={"Sec-Purpose": "prefetch"}),
        lambda: signed_in[0].client.head(link, base_url=BASE),
        lambda: signed_in[0].get(link, query_string={"verdict": "approve"}),
        lambda: signed_in[0].client.post(link, data=yes, base_url=BASE),
        lambda: signed_in[0].client.post(link, data={**yes, "csrf_token": nobody.csrf}, base_url=BASE),
        lambda: signed_in[1].post(link, {"verdict": "approve"}),
        lambda: signed_in[2].post(link, {"verdict": "approve"}),
    ]
    answers = [visit().status_code for visit in itertools.islice(itertools.cycle(visits), 1000)]
    assert len(answers) == 1000
    events = clinic.events()
    assert "request.approved" not in events
    assert "grant.issued" not in events
    signed_in[0].get(link)
    signed_in[0].post(link, {"verdict": "approve"})
    assert "request.approved" in clinic.events()  # the very same page, with its button pressed


def test_what_the_site_cannot_promise_stands_above_the_buttons(front: Front) -> None:
    """An approver of a role on a site that enforces nothing reads so; of anything else they read nothing of it."""
    clinic = front.clinic
    link = f"/requests/{clinic.ask(entitlement='wordpress-notes').request.id}/decide"
    approver = front.browser(clinic.approver)
    approver.get(link)
    assert "cannot enforce" not in approver.page
    with clinic.store.write() as tx:
        tx.execute(update(sites).values(kind="wordpress-core"))
    approver.get(link)
    assert "The site cannot enforce this by itself" in approver.page
    assert "No dead-man: if the broker dies, the role stays until it is back." in approver.page
    assert approver.post(link, {"verdict": "approve"}).status_code == 403
    assert "policy does not accept that" in approver.page
