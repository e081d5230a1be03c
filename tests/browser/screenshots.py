"""``python -m tests.browser.screenshots``: the pictures of the README, taken of the real pages of a fresh demo."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from broker.access.grant import Grant
from broker.identity.people import Role
from tests.browser.demo_broker import DemoBroker
from tests.browser.stage import Stage
from tests.browser.windows import PHONE, Windows, chromium_here, fill_request, launch_options

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
DESK, TALL = (1100, 700), (1100, 980)
LARGEST = 150_000  # bytes


def main() -> None:
    executable = chromium_here()
    if executable is None:
        sys.exit("Install Chromium first, or name one with BROKER_TEST_CHROMIUM.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state, sync_playwright() as playwright:
        broker = DemoBroker(Path(state) / "broker")
        broker.start()
        try:
            windows = Windows(playwright.chromium.launch(**launch_options(executable)), broker)
            _take_all(DemoStage(broker, windows))
            windows.browser.close()
        finally:
            broker.stop()


class DemoStage(Stage):
    """Played by the demo's own four people; ``first`` is the grant that several pictures show."""

    first: Grant

    def __init__(self, broker: DemoBroker, windows: Windows) -> None:
        super().__init__(broker, windows)
        self.clinician, self.approver = broker.demo(Role.CLINICIAN), broker.demo(Role.APPROVER)
        self.reviewer, self.admin = broker.demo(Role.REVIEWER), broker.demo(Role.ADMIN)


def _take_all(stage: DemoStage) -> None:
    # In this order, so that each picture finds behind it what came before.
    for take in (request_form, decision, live_access, break_glass, reviews, history, story, ledger):
        page = take(stage)
        file = FOLDER / f"{take.__name__.replace('_', '-')}.png"
        page.screenshot(path=file, animations="disabled", caret="hide")
        size = file.stat().st_size
        print(f"{file.name}: {size // 1000} kB")
        if size > LARGEST:
            sys.exit(f"{file.name} is larger than {LARGEST} bytes.")
        stage.windows.close()


def request_form(stage: DemoStage) -> Page:
    page = stage.open(stage.clinician, "/requests/new", size=PHONE)
    fill_request(page, "")
    page.evaluate("window.scrollTo(0, 0)")
    return page


def decision(stage: DemoStage) -> Page:
    return stage.open(stage.approver, f"/requests/{stage.ask().id}/decide", size=PHONE)


def live_access(stage: DemoStage) -> Page:
    stage.first = stage.grant()
    page = stage.open(stage.clinician, f"/grants/{stage.first.id}", size=DESK)
    page.get_by_role("button", name="Open recording").click()
    page.locator("audio").evaluate("player => { player.currentTime = 72 }")
    expect(page.locator("audio")).to_have_js_property("seeking", False)
    return page


def break_glass(stage: DemoStage) -> Page:
    stage.end(stage.first)
    grant = stage.break_glass(entitlement="patient-record", purpose="BTG")
    return stage.open(stage.clinician, f"/grants/{grant.id}", size=PHONE)


def reviews(stage: DemoStage) -> Page:
    page = stage.open(stage.reviewer, "/reviews", size=TALL)
    page.get_by_label("Note").first.fill("Treating team; the visit is in the chart")
    page.evaluate("window.scrollTo(0, 0)")
    return page


def history(stage: DemoStage) -> Page:
    return stage.open(stage.reviewer, "/history", size=TALL)


def story(stage: DemoStage) -> Page:
    page = stage.open(stage.reviewer, f"/history/{stage.first.id}", size=TALL)
    page.get_by_role("heading", name="What happened").evaluate("heading => heading.scrollIntoView()")
    return page


def ledger(stage: DemoStage) -> Page:
    page = stage.open(stage.reviewer, "/ledger", size=DESK)
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("The ledger is whole")).to_be_visible()
    return page


if __name__ == "__main__":
    main()
