"""The error pages."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


def _said(page: Page, heading: str) -> Page:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    return page


@scene
def form_open_for_too_long(stage: Stage) -> Page:
    page = stage.open(stage.clinician, "/requests/new")
    page.context.clear_cookies(name="form")
    page.get_by_role("button", name="Request access").click()
    return _said(page, "This form was open for too long")


@scene
def not_for_your_role(stage: Stage) -> Page:
    return _said(stage.open(stage.clinician, "/history"), "You may not do this")


@scene
def nothing_here(stage: Stage) -> Page:
    return _said(stage.open(stage.clinician, "/grants/grant_00000000000000000000"), "There is nothing here")


@scene
def nothing_here_for_a_stranger(stage: Stage) -> Page:
    return _said(stage.open(None, "/no/such/page"), "There is nothing here")


@scene
def wrong_way(stage: Stage) -> Page:
    return _said(stage.open(stage.clinician, "/sign-out"), "This address does not work that way")


@scene
def link_that_does_not_work_any_more(stage: Stage) -> Page:
    return _said(stage.open(stage.clinician, "/links/used-or-foreign"), "This link does not work any more")


@scene
def too_much(stage: Stage) -> Page:
    page = stage.open(stage.clinician, "/requests/new")
    page.get_by_label("Note").evaluate(
        "note => { note.removeAttribute('maxlength'); note.value = 'x'.repeat(80000) }"
    )
    page.get_by_role("button", name="Request access").click()
    return _said(page, "That is too much")


@scene
def store_cannot_be_written(stage: Stage) -> Page:
    page = stage.open(stage.clinician, f"/requests/{stage.ask().id}")
    with stage.broker.parts.store.write():  # holds the lock for longer than the broker waits
        page.get_by_role("button", name="Withdraw request").click()
        return _said(page, "The broker cannot do this right now")
