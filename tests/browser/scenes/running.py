"""The administrator's pages, and the demo's mail."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def home(stage: Stage) -> Page:
    return stage.open(stage.admin, "/")


@scene
def sites(stage: Stage) -> Page:
    stage.connect_silent_site()
    return stage.open(stage.admin, "/sites")


@scene
def site_that_does_not_answer(stage: Stage) -> Page:
    page = sites(stage)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_text("Unreachable")).to_be_visible()
    return page


@scene
def receivers(stage: Stage) -> Page:
    stage.add_receivers()
    return stage.open(stage.admin, "/receivers")


@scene
def receivers_that_were_not_told(stage: Stage) -> Page:
    stage.add_receivers()
    stage.end(stage.break_glass())
    stage.give_up_telling()
    page = receivers(stage)
    expect(page.get_by_text("Given up").first).to_be_visible()
    return page


@scene
def receiver_that_does_not_answer(stage: Stage) -> Page:
    page = receivers(stage)
    page.get_by_role("button", name="Send The EHR a test event").click()
    expect(page.get_by_role("status").get_by_text("It cannot be reached.")).to_be_visible()
    return page


@scene
def people(stage: Stage) -> Page:
    return stage.open(stage.admin, "/people")


@scene
def policies(stage: Stage) -> Page:
    return stage.open(stage.admin, "/policies")


@scene
def outbox(stage: Stage) -> Page:
    stage.break_glass()
    stage.ask()
    return stage.open(stage.approver, "/outbox")
