import pytest

from broker.identity.people import Role
from broker.review.queue.owed import review_of
from broker.web.frame.typed import PERSON
from tests.fakes.front import BASE, Browser, Front
from tests.fakes.past import Past


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    return archive.browser(archive.clinic.reviewer)


def outcome(past: Past, grant_id: str) -> str | None:
    with past.store.read() as reader:
        review = review_of(reader, grant_id)
    assert review is not None
    return review.outcome


def test_what_is_due_is_listed_with_its_deadline_and_reason(past: Past, reviewer: Browser) -> None:
    """A reviewer sees who, what, why and until when, and how many wait."""
    past.broken()
    reviewer.get("/reviews")
    for words in ("Glass broken", "2 Mar 2026", "clinician", past.equipment.catalog.reasons["unresponsive"]):
        assert words in reviewer.page
    assert 'Reviews due <span class="count">1</span>' in reviewer.page


@pytest.mark.parametrize(
    ("found", "note"), [("appropriate", ""), ("questionable", "odd hour"), ("drill", "spring drill")]
)
def test_one_press_signs(past: Past, reviewer: Browser, found: str, note: str) -> None:
    """A button signs the review, and the list says what was signed."""
    grant = past.broken()
    reviewer.get("/reviews")
    answer = reviewer.post(f"/reviews/{grant.id}", {"outcome": found, "note": note})
    assert answer.status_code == 303
    assert outcome(past, grant.id) == found
    reviewer.get(answer.location)
    assert f"Signed: {found}" in reviewer.page
    assert "No review is due" in reviewer.page


def test_misuse_waits_for_a_second_reviewer(past: Past, archive: Front, reviewer: Browser) -> None:
    """The first one is told so and cannot settle it; the second one sees what was found, and differs."""
    grant, second = past.broken(), past.join("second-reviewer", Role.REVIEWER)
    reviewer.get("/reviews")
    answer = reviewer.post(f"/reviews/{grant.id}", {"outcome": "misuse", "note": "no emergency"})
    reviewer.get(answer.location)
    assert "Your opinion is kept: misuse" in reviewer.page
    assert "You gave the first opinion" in reviewer.page
    other = archive.browser(second)
    other.get(f"/reviews/{grant.id}")
    assert "Give a second opinion" in other.page
    assert "Another reviewer found: <strong>misuse</strong>" in other.page
    assert other.post(f"/reviews/{grant.id}", {"outcome": "appropriate", "turn": "1"}).status_code == 303
    assert outcome(past, grant.id) == "appropriate"
    other.get(f"/history/{grant.id}")
    assert "Two reviewers differ" in other.page
    assert "gave a second opinion and differed: appropriate" in other.page


def test_a_review_is_taken_handed_over_and_found_again(past: Past, archive: Front, reviewer: Browser) -> None:
    """From the list with one press, from the story to a colleague, who finds it among theirs."""
    grant, second = past.broken(), past.join("second-reviewer", Role.REVIEWER)
    reviewer.get("/reviews?show=unassigned")
    assert "Take it" in reviewer.page
    assert reviewer.post(f"/reviews/{grant.id}/assign", {"to": "me", "from": "list"}).location == "/reviews"
    reviewer.get("/reviews?show=mine")
    assert "Take it" not in reviewer.page
    assert f'href="/history/{grant.id}"' in reviewer.page
    reviewer.get(f"/history/{grant.id}")
    assert reviewer.post(f"/reviews/{grant.id}/assign", {"to": second.id}).status_code == 303
    reviewer.get("/reviews?show=mine")
    assert "None of these" in reviewer.page
    other = archive.browser(second)
    other.get("/")
    assert "You were asked to sign 1" in other.page
    assert other.get("/reviews?show=nonsense&after=nonsense").status_code == 200


def test_a_form_for_somebody_who_may_not_comes_back(past: Past, reviewer: Browser) -> None:
    """Assigned to the clinician by a spoiled form, it says to choose from the list."""
    grant = past.broken()
    reviewer.get(f"/history/{grant.id}")
    assert reviewer.post(f"/reviews/{grant.id}/assign", {"to": past.clinician.id}).status_code == 422
    assert "Choose a reviewer from the list" in reviewer.page


def test_a_signed_review_is_opened_again_with_a_reason(past: Past, reviewer: Browser) -> None:
    """Without one the form comes back; with one it is due again, and the story keeps what was found."""
    grant = past.broken()
    reviewer.get("/reviews")
    reviewer.post(f"/reviews/{grant.id}", {"outcome": "drill", "note": "spring drill"})
    reviewer.get(f"/history/{grant.id}")
    assert "Look at it again" in reviewer.page
    assert reviewer.post(f"/reviews/{grant.id}/reopen", {"act": "reopen"}).status_code == 422
    assert 'href="#field-reason"' in reviewer.page
    answer = reviewer.post(f"/reviews/{grant.id}/reopen", {"act": "reopen", "reason": "no drill that day"})
    assert answer.status_code == 303
    reviewer.get(answer.location)
    assert "opened the review again" in reviewer.page
    assert "It had been found drill" in reviewer.page
    assert outcome(past, grant.id) is None


def test_long_lists_go_on_on_another_page(past: Past, reviewer: Browser) -> None:
    """Nothing is hidden: what does not fit is behind a link, by its deadline."""
    first = past.broken()
    past.clock.advance(minutes=1)
    second = past.broken()
    with past.store.read() as reader:
        due = review_of(reader, first.id)
    assert due is not None
    reviewer.get("/reviews", query_string={"after": f"{due.due_at.isoformat()},{first.id}"})
    assert f'href="/history/{second.id}"' in reviewer.page
    assert f'href="/history/{first.id}"' not in reviewer.page
    assert "First page" in reviewer.page


def test_a_missing_note_is_asked_for_and_nothing_is_signed(past: Past, reviewer: Browser) -> None:
    """Misuse without words comes back with the field marked."""
    grant = past.broken()
    reviewer.get("/reviews")
    assert reviewer.post(f"/reviews/{grant.id}", {"outcome": "misuse"}).status_code == 422
    assert 'href="#field-note"' in reviewer.page
    assert 'aria-invalid="true"' in reviewer.page
    assert outcome(past, grant.id) is None


def test_a_note_that_looks_identifying_can_be_kept_on_purpose(past: Past, reviewer: Browser) -> None:
    """The note comes back as it was, with a box that says it identifies nobody."""
    grant, typed = past.broken(), {"outcome": "appropriate", "note": "see visit of 01.02.2026"}
    reviewer.get("/reviews")
    assert reviewer.post(f"/reviews/{grant.id}", typed).status_code == 422
    assert "see visit of 01.02.2026</textarea>" in reviewer.page
    assert reviewer.post(f"/reviews/{grant.id}", {**typed, "note_confirmed": "yes"}).status_code == 303
    assert outcome(past, grant.id) == "appropriate"


def test_an_outcome_nobody_knows_is_refused(past: Past, reviewer: Browser) -> None:
    """A spoiled form signs nothing."""
    grant = past.broken()
    reviewer.get("/reviews")
    assert reviewer.post(f"/reviews/{grant.id}", {"outcome": "fine"}).status_code == 422
    assert outcome(past, grant.id) is None


def test_a_signed_review_is_not_signed_again(past: Past, reviewer: Browser) -> None:
    """The second press, in another window, is told what stands."""
    grant = past.broken()
    reviewer.get("/reviews")
    reviewer.post(f"/reviews/{grant.id}", {"outcome": "appropriate"})
    assert reviewer.post(f"/reviews/{grant.id}", {"outcome": "misuse", "note": "late"}).status_code == 409
    assert outcome(past, grant.id) == "appropriate"


def test_an_approver_among_the_reviewers_sees_why_it_is_not_theirs(past: Past, reviewer: Browser) -> None:
    """Where this reviewer approved, there is a sentence instead of buttons, and a forged press is refused."""
    grant = past.doubly_approved()
    reviewer.get("/reviews")
    assert "You approved this access" in reviewer.page
    assert 'value="appropriate"' not in reviewer.page
    assert reviewer.post(f"/reviews/{grant.id}", {"outcome": "appropriate"}).status_code == 403
    assert outcome(past, grant.id) is None


def test_looking_signs_nothing(past: Past, reviewer: Browser) -> None:
    """Opening every address a mail may lead to changes nothing."""
    grant = past.broken()
    before = past.events()
    for path in (f"/reviews/{grant.id}?outcome=appropriate", f"/history/{grant.id}", "/reviews"):
        assert reviewer.get(path).status_code == 200
    assert past.events() == before
    assert outcome(past, grant.id) is None


def test_a_session_that_ended_does_not_cost_the_note(past: Past, archive: Front, reviewer: Browser) -> None:
    """What was written stands in the form again after signing in, and the press that failed signed nothing."""
    grant = past.broken()
    with reviewer.client.session_transaction(base_url=BASE) as kept:
        kept[PERSON] = past.reviewer.id  # as signing in by password leaves it
    reviewer.get("/reviews")
    past.clock.advance(hours=13)
    answer = reviewer.post(f"/reviews/{grant.id}", {"outcome": "misuse", "note": "no emergency"})
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next=/reviews/{grant.id}")
    assert outcome(past, grant.id) is None
    again = archive.browser(past.reviewer).client.get_cookie("session", domain="127.0.0.1")
    assert again is not None
    reviewer.client.set_cookie("session", again.value, domain="127.0.0.1")
    reviewer.get(f"/reviews/{grant.id}")
    assert "no emergency</textarea>" in reviewer.page


@pytest.mark.parametrize("who", ["clinician", "approver", "admin"])
def test_reviews_are_for_reviewers(past: Past, archive: Front, who: str) -> None:
    """Nobody else sees the list or signs from it."""
    grant, browser = past.broken(), archive.browser(getattr(past, who))
    assert browser.get("/reviews").status_code == 403
    assert browser.post(f"/reviews/{grant.id}", {"outcome": "appropriate"}).status_code in {400, 403}
    assert outcome(past, grant.id) is None


def test_the_start_page_says_what_is_due_and_what_looks_odd(past: Past, archive: Front) -> None:
    """A reviewer who signs in sees overdue reviews and ends nobody confirmed."""
    past.broken()
    stuck = past.unconfirmed()
    past.clock.advance(hours=24)
    reviewer = archive.browser(past.reviewer)
    reviewer.get("/")
    assert "1 is overdue" in reviewer.page
    assert f'href="/history/{stuck.id}"' in reviewer.page
