"""A locked-down browser runs no script: everything still works, by links and buttons alone."""

from __future__ import annotations

from playwright.sync_api import expect

from broker.identity.people import Role
from tests.browser.demo_broker import PASSWORD, DemoBroker
from tests.browser.windows import PHONE, Windows, fill_request, sign_in


def test_asked_granted_and_opened(broker: DemoBroker, windows: Windows) -> None:
    """Request, approval and the recording's page, with JavaScript off in every window."""
    clinician, approver = broker.join(Role.CLINICIAN), broker.join(Role.APPROVER)
    ward = windows.open(java_script_enabled=False)
    sign_in(ward, clinician, PASSWORD)
    ward.get_by_role("link", name="Start emergency access").click()
    fill_request(ward, clinician.code())
    ward.get_by_role("button", name="Request access").click()
    expect(ward.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")

    bedside = windows.open(size=PHONE, java_script_enabled=False)
    sign_in(bedside, approver, PASSWORD)
    bedside.get_by_role("main").get_by_role("link", name=clinician.person.name).first.click()
    bedside.get_by_role("button", name="Approve").click()
    expect(bedside.get_by_role("heading", level=1)).to_contain_text("You approved this")

    ward.get_by_role("link", name="Refresh this page").click()
    ward.get_by_role("link", name="Open your access").click()
    ward.get_by_role("button", name="Open recording").click()
    expect(ward.locator("audio[controls]")).to_be_visible()
    media = ward.locator("audio").get_attribute("src")
    assert media is not None
    assert ward.context.request.get(media, headers={"Range": "bytes=100-199"}).status == 206

    ward.get_by_role("button", name="End now").click()
    expect(ward.get_by_role("heading", level=1)).to_contain_text("ended")
    assert ward.context.request.get(media, headers={"Range": "bytes=100-199"}).status in {403, 404, 410}


def test_a_form_with_errors_says_so(broker: DemoBroker, windows: Windows) -> None:
    """The page comes back with its summary, its links, and what was typed."""
    page = windows.open(broker.join(Role.CLINICIAN), "/requests/new", java_script_enabled=False)
    page.get_by_label("Patient").fill("P-1001")
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what you need.")
    expect(page.get_by_label("Patient")).to_have_value("P-1001")


def test_a_reviewer_narrows_draws_and_takes_the_history(broker: DemoBroker, windows: Windows) -> None:
    """The list, its pictures and a file, by buttons alone."""
    page = windows.open(broker.join(Role.REVIEWER), "/history", java_script_enabled=False)
    page.get_by_label("Only broken glass").check()
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.url.endswith("/history?break_glass=yes")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "grant-history.csv"
    page.get_by_role("button", name="See as pictures").click()
    expect(page.get_by_role("figure", name="Hours of the week")).to_be_visible()
