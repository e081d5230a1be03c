"""Nobody can be waited for: the glass is broken, everybody hears of it, and a reviewer looks at it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.demo_broker import PASSWORD, DemoBroker
from tests.browser.stage import Stage
from tests.browser.windows import PHONE, Windows, fill_request, sign_in


def test_broken_told_and_signed(broker: DemoBroker, windows: Windows) -> None:
    """One form and one press, at once inside; the approvers' mail says so; the review is signed and closed."""
    stage = Stage(broker, windows)
    clinician, reviewer = stage.clinician, stage.reviewer
    ward = windows.open(size=PHONE)
    sign_in(ward, clinician, PASSWORD)
    ward.get_by_role("link", name="Start emergency access").click()
    fill_request(ward, clinician.code(), purpose="Break the glass")
    expect(ward.get_by_text("a review is due within")).to_be_visible()
    ward.get_by_role("button", name="Break the glass now").click()
    expect(ward.get_by_role("heading", level=1)).to_contain_text("live")
    expect(ward.get_by_role("region", name="Live access")).to_contain_text("Glass broken")
    ward.get_by_role("button", name="Open recording").click()
    expect(ward.locator("audio")).to_be_visible()

    told = windows.open(stage.approver, "/outbox")
    mail = told.get_by_role("main").get_by_text(clinician.person.name).first
    expect(mail).to_be_visible()
    expect(told.get_by_role("main")).to_contain_text("broke the glass")

    desk = windows.open(reviewer, "/")
    desk.get_by_role("link", name="Reviews due").click()
    due = desk.get_by_role("region").filter(has_text=clinician.person.name)
    due.get_by_label("Note").fill("Treating team, written in the chart")
    due.get_by_role("button", name="Appropriate").click()
    expect(desk.get_by_text("Signed: appropriate")).to_be_visible()
    expect(desk.get_by_role("region").filter(has_text=clinician.person.name)).to_have_count(0)
    desk.get_by_role("link", name="History").click()
    row = desk.get_by_role("row").filter(has_text=clinician.person.name)
    expect(row).to_contain_text("Glass broken")
    expect(row).to_contain_text("Appropriate")
