"""What an auditor is handed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def evidence(stage: Stage) -> Page:
    return stage.open(stage.reviewer, "/evidence")


@scene
def evidence_of_days_to_come(stage: Stage) -> Page:
    page = stage.open(stage.admin, "/evidence")
    page.get_by_label("To", exact=True).fill("2999-01-01")
    page.get_by_role("button", name="Download evidence").click()
    expect(page.get_by_role("alert")).to_contain_text("today or an earlier day")
    return page
