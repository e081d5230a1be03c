from __future__ import annotations

import pytest

from broker.access.decide import Verdict, decide
from broker.access.grant import Grant
from broker.identity.people import Role, set_roles
from broker.review.oddities.found import Found, Signal
from broker.review.oddities.keep import keep, look_for_oddities
from broker.review.oddities.kin_marks import KinKind, KinMarks
from tests.fakes.front import Browser, Front
from tests.fakes.past import Past


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    return archive.browser(archive.clinic.reviewer)


@pytest.fixture
def grants(past: Past) -> list[Grant]:
    """The glass broken twice after an approver's no."""
    broken = []
    for _ in range(2):
        asked, approver = past.ask(), past.approver
        decide(past.equipment, approver.person, asked.request.id, Verdict.DENY, "not needed", approver.fresh)
        broken.append(past.broken())
        past.clock.advance(hours=1)
    look_for_oddities(past.equipment, past.zone)
    return broken


def address(browser: Browser) -> str:
    """Where the first button on the page leads."""
    return browser.page.split('action="/oddities/', 1)[1].split('"', 1)[0]


def test_it_says_why_and_shows_the_grants(grants: list[Grant], reviewer: Browser) -> None:
    """A sentence with its numbers, the rows behind it, a way to all access, and what else it may be."""
    reviewer.get("/oddities")
    for words in (
        "Glass broken after a no: clinician",
        "clinician broke the glass 2 times within 30 minutes of a no.",
        "Perhaps the patient got worse.",
        *(f'href="/history/{grant.id}"' for grant in grants),
        "All access of clinician",
        "None of them says that anybody did wrong",
        "no surnames or addresses were imported",
    ):
        assert words in reviewer.page


def test_an_empty_page_says_so(reviewer: Browser) -> None:
    """Nothing odd is good news, and no proof."""
    reviewer.get("/oddities")
    assert "Nothing, as far as the broker can tell." in reviewer.page


def test_one_press_puts_it_away(past: Past, grants: list[Grant], reviewer: Browser) -> None:
    """It stands among what was looked at, with who did; the second press in another window is told."""
    reviewer.get("/oddities")
    where = f"/oddities/{address(reviewer).split('/')[0]}/looked-at"
    assert reviewer.post(where, {"seen": grants[1].issued_at.isoformat()}).status_code == 303
    reviewer.get("/oddities")
    assert "Looked at lately" in reviewer.page
    assert "Nothing, as far as" in reviewer.page
    assert reviewer.post(where).status_code == 409
    assert past.events().count("oddity.looked_at") == 1


def test_newer_rows_are_looked_at_first(past: Past, grants: list[Grant], reviewer: Browser) -> None:
    """Whoever pressed on an older page is told that there is more."""
    reviewer.get("/oddities")
    where = f"/oddities/{address(reviewer).split('/')[0]}/looked-at"
    assert reviewer.post(where, {"seen": grants[0].issued_at.isoformat()}).status_code == 409
    assert "oddity.looked_at" not in past.events()


def test_a_reviewer_sees_but_does_not_settle_their_own(
    past: Past, archive: Front, grants: list[Grant]
) -> None:
    """There is a sentence instead of buttons."""
    with past.store.write() as tx:
        set_roles(tx, past.ledger, past.clinician.id, {Role.CLINICIAN, Role.REVIEWER}, actor=past.admin.id)
    own = archive.browser(past.clinician)
    own.get("/oddities")
    assert "This is about yourself." in own.page
    assert "/looked-at" not in own.page


def test_the_approver_of_a_pair_does_not_settle_it_either(past: Past, archive: Front) -> None:
    """Who always said yes is as much meant as who always asked."""
    with past.store.write() as tx:
        own = set_roles(
            tx, past.ledger, past.approver.id, {Role.APPROVER, Role.REVIEWER}, actor=past.admin.id
        )
        facts = {"count": 9, "of": 10, "percent": 90}
        grant = "grant_somewhere"
        keep(tx, [Found(Signal.SAME_PAIR, past.clinician.id, (grant,), (tx.at,), facts, own.id)])
    browser = archive.browser(past.approver)
    browser.get("/oddities")
    assert "approver approved 9 of 10 requests of clinician" in browser.page
    assert "This is about yourself." in browser.page
    assert "/looked-at" not in browser.page


def test_the_start_page_and_the_navigation_tell_of_it(grants: list[Grant], reviewer: Browser) -> None:
    """A reviewer need not go and see."""
    reviewer.get("/")
    assert "One pattern is worth a look" in reviewer.page
    assert 'href="/oddities"' in reviewer.page


def test_a_review_is_opened_from_a_row(past: Past, archive: Front, reviewer: Browser) -> None:
    """Of a grant that owed none; it is then on the list of those due."""
    marks, grant = KinMarks(bytes(32)), past.ordinary()
    with past.store.write() as tx:
        marks.put(tx, grant.patient_id, [(KinKind.SURNAME, "clinician")])
    look_for_oddities(past.equipment, past.zone, marks)
    reviewer.get("/oddities")
    assert "Open a review" in reviewer.page
    where = f"/oddities/{address(reviewer).split('/')[0]}/review"
    answer = reviewer.post(where, {"grant": grant.id})
    assert answer.location == f"/history/{grant.id}"
    reviewer.get("/reviews")
    assert f'href="/history/{grant.id}"' in reviewer.page


@pytest.mark.parametrize("who", ["clinician", "approver", "admin"])
def test_it_is_for_reviewers(past: Past, archive: Front, who: str) -> None:
    """Nobody else reads what seems odd of anybody."""
    assert archive.browser(getattr(past, who)).get("/oddities").status_code == 403
