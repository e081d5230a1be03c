"""A clinician asks, an approver grants, a recording plays, its end stops it, a reviewer finds it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from broker.identity.people import Role
from tests.browser.demo_broker import PASSWORD, DemoBroker
from tests.browser.windows import DESKTOP, PHONE, Windows, fill_request, sign_in, until

END_IS_SEEN_WITHIN_MS = 7_000  # the page asks every five seconds


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_asked_granted_played_ended_found(
    broker: DemoBroker, windows: Windows, size: tuple[int, int], tmp_path: Path
) -> None:
    """From the sign-in to the reviewer's file, each with their own window, and nobody reloads a page."""
    clinician, approver, reviewer = (
        broker.join(role) for role in (Role.CLINICIAN, Role.APPROVER, Role.REVIEWER)
    )
    ward = windows.open(size=size)
    sign_in(ward, clinician, PASSWORD)
    ward.get_by_role("link", name="Start emergency access").click()
    fill_request(ward, clinician.code())
    ward.get_by_role("button", name="Request access").click()
    expect(ward.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")
    request_id = ward.url.rsplit("/", 1)[1]

    bedside = windows.open(size=PHONE)
    sign_in(bedside, approver, PASSWORD)
    expect(bedside.get_by_role("heading", name="Waiting for you")).to_be_visible()
    open_mailed_link(bedside, request_id)
    approve = bedside.get_by_role("button", name="Approve")
    expect(bedside.get_by_text("P-1001")).to_be_in_viewport()
    expect(approve).to_be_in_viewport(ratio=1)
    approve.click()
    expect(bedside.get_by_role("heading", level=1)).to_contain_text("You approved this")

    expect(ward.get_by_role("heading", level=1)).to_contain_text("access is live")
    ward.get_by_role("link", name="Open your access").click()
    grant_page = ward.url
    expect(ward.get_by_text("This access is recorded and reviewed")).to_be_visible()
    ward.get_by_role("button", name="Open recording").click()
    media = play_and_seek(ward)

    tab = ward.context.new_page()
    tab.goto(grant_page)
    tab.get_by_role("button", name="End now").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("ended")
    answer = ward.context.request.get(media, headers={"Range": "bytes=0-99"})
    assert answer.status in {403, 404, 410}
    expect(ward.get_by_text("Your access has ended").first).to_be_visible(timeout=END_IS_SEEN_WITHIN_MS)
    expect(ward.locator("audio, video")).to_have_count(0)
    expect(ward.get_by_role("button", name="End now")).to_have_count(0)

    desk = windows.open(size=size)
    sign_in(desk, reviewer, PASSWORD)
    find_in_history(desk, clinician.person.name, tmp_path)


def open_mailed_link(page: Page, request_id: str) -> None:
    """From the demo's outbox, as an approver would from their mail."""
    page.get_by_role("link", name="Outbox").click()
    page.locator(f'main a[href$="/requests/{request_id}/decide"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approve or deny?")


def play_and_seek(page: Page) -> str:
    """Play from the beginning, then from 100 seconds on; answers the address of what is played."""
    player = page.locator("audio")
    expect(player).to_be_visible()
    with page.expect_response(lambda answer: "media" in answer.url and answer.status == 206) as first:
        player.evaluate("player => player.play()")
    until(page, "document.querySelector('audio').currentTime > 0.5")
    assert 175 < player.evaluate("player => player.duration") < 185
    player.evaluate("player => { player.currentTime = 100 }")
    until(page, "document.querySelector('audio').currentTime > 100.5")
    assert player.evaluate("player => player.error") is None
    return first.value.url


def find_in_history(page: Page, name: str, folder: Path) -> None:
    page.get_by_role("link", name="History").first.click()
    option = page.get_by_label("Person").locator("option", has_text=re.compile(rf"^{re.escape(name)} \("))
    page.get_by_label("Person").select_option(option.get_attribute("value"))
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="1 grant")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    file = folder / "history.csv"
    download.value.save_as(file)
    lines = file.read_text().splitlines()
    assert len(lines) == 2
    assert name in lines[1]
    page.get_by_role("row").filter(has_text=name).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(
        page.get_by_role("list").filter(has_text=re.compile("approved", re.IGNORECASE)).first
    ).to_be_visible()
