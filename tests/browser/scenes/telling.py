"""The administrator's page of feeds, in every state a feed can be in."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def nobody_told(stage: Stage) -> Page:
    return stage.open(stage.admin, "/feeds")


@scene
def feeds(stage: Stage) -> Page:
    stage.add_feeds()
    page = stage.open(stage.admin, "/feeds")
    for words in ("Refuses an entry", "Paused", "Left out"):
        expect(page.get_by_text(words).first).to_be_visible()
    return page


@scene
def feed_that_does_not_answer(stage: Stage) -> Page:
    page = feeds(stage)
    page.get_by_role("button", name="Send The SIEM a test entry").click()
    expect(page.get_by_role("status").get_by_text("It cannot be reached.")).to_be_visible()
    return page
