"""The clinician's pages: home, the form, a request and its states."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from broker.access.decide import Verdict
from broker.access.withdraw import withdraw
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage
from tests.browser.windows import fill_request


@scene
def home_with_nothing(stage: Stage) -> Page:
    return stage.open(stage.clinician, "/")


@scene
def home_with_live_access_and_requests(stage: Stage) -> Page:
    stage.grant()
    stage.ask()
    return stage.open(stage.clinician, "/")


@scene
def form(stage: Stage) -> Page:
    return stage.open(stage.clinician, "/requests/new")


@scene
def form_that_also_signs_in(stage: Stage) -> Page:
    return stage.open(stage.clinician, "/requests/new", first_factor=True)


@scene
def form_with_nothing_filled_in(stage: Stage) -> Page:
    page = form(stage)
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def form_with_a_note_that_names_somebody(stage: Stage) -> Page:
    page = form(stage)
    fill_request(page, stage.clinician.code(), note="Born 12.03.1961, call 0171 5550100")
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("checkbox", name="It identifies nobody")).to_be_visible()
    return page


@scene
def form_nothing_is_offered_on(stage: Stage) -> Page:
    return stage.open(stage.approver, "/requests/new")


@scene
def request_pending(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/requests/{stage.ask().id}")


@scene
def request_approved(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/requests/{stage.grant().request_id}")


@scene
def request_denied(stage: Stage) -> Page:
    asked = stage.ask()
    stage.decide(asked, Verdict.DENY)
    return stage.open(stage.clinician, f"/requests/{asked.id}")


@scene
def request_withdrawn(stage: Stage) -> Page:
    asked = stage.ask()
    withdraw(stage.equipment, stage.clinician.person, asked.id)
    return stage.open(stage.clinician, f"/requests/{asked.id}")
