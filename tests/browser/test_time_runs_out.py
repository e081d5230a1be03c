"""Real time runs out: access ends while it plays, requests lapse, the glass is offered, a review is overdue."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.examine import faults_of
from tests.browser.last_minute import MINUTE, LastMinute
from tests.browser.windows import PHONE, fill_request

UNTIL_IT_ASKS_MS = 7_000  # the page asks every five seconds


def test_playback_stops_when_time_is_over(last_minute: LastMinute) -> None:
    """It plays until its minute is over; then no byte more, an empty player, and a page that says so."""
    page, ends = last_minute.player, last_minute.grant.expires_at
    last_minute.wait_until(ends)
    answer = page.context.request.get(last_minute.media, headers={"Range": "bytes=100000-100099"})
    assert answer.status in {403, 404, 410}
    expect(page.locator("audio")).to_have_count(0, timeout=2_000)
    seen = page.evaluate("window.seen")
    assert 40 < seen["played"] < 61
    assert -2 < seen["taken"] / 1000 - ends.timestamp() < 2
    expect(page.get_by_text("Your access has ended").first).to_be_visible(timeout=UNTIL_IT_ASKS_MS)
    expect(page.get_by_role("button", name="End now")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Its time was over")


def test_a_request_nobody_answers_lapses(last_minute: LastMinute) -> None:
    """The page says so by itself, and whom to call."""
    last_minute.wait_until(last_minute.began + MINUTE)
    page = last_minute.lapsing
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lapsed")
    expect(page.get_by_role("main")).to_contain_text("call the on-call desk")
    assert faults_of(page) == []


def test_the_glass_is_offered_when_nobody_answers(last_minute: LastMinute) -> None:
    """After the policy's minute the waiting page offers it by itself; one code, and the access is live, in amber."""
    last_minute.wait_until(last_minute.began + MINUTE)
    page = last_minute.unanswered
    glass = page.get_by_role("button", name="Break the glass now")
    expect(glass).to_be_visible()
    expect(page.get_by_text("Nobody has answered").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("the on-call desk, extension 5500")
    assert faults_of(page) == []
    glass.click()
    expect(page.get_by_role("alert")).to_be_focused()


def test_an_approver_whose_code_is_old_decides_in_place(last_minute: LastMinute) -> None:
    """Who, what and why, the code and both buttons stand on a phone's first screen."""
    last_minute.wait_until(last_minute.began + MINUTE * 1.1)
    page, request_id = last_minute.approver, last_minute.request.id
    page.goto(f"/requests/{request_id}/decide")
    expect(page.get_by_label("One-time code")).to_be_in_viewport(ratio=1)
    for button in ("Approve", "Deny"):
        expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)
    assert faults_of(page) == []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_label("One-time code").fill(last_minute.stage.approver.code())
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You approved this")
    expect(last_minute.unanswered.get_by_role("heading", level=1)).to_contain_text("access is live")


def test_an_overdue_review_blocks_the_next_broken_glass(last_minute: LastMinute) -> None:
    """The reviewer sees it as overdue; its holder is told why, and whom to ask, and nothing typed is lost."""
    last_minute.wait_until(last_minute.owed.issued_at + MINUTE)
    stage = last_minute.stage
    page = stage.open(last_minute.owing, "/requests/new")
    fill_request(page, last_minute.owing.code())
    page.get_by_role("button", name="Break the glass now").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("overdue")
    expect(page.get_by_label("Patient")).to_have_value("P-1001")
    reviews = stage.open(stage.reviewer, "/reviews")
    mine = reviews.get_by_role("region").filter(has_text=last_minute.owing.person.name)
    expect(mine.get_by_text("Overdue")).to_be_visible()
    assert faults_of(reviews) == []
