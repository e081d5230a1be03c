"""Live access: the grant, what it opens, links, more time, the end."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from broker.access.activate import activate
from broker.access.decide import Verdict
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def grant_live(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/grants/{stage.grant().id}")


@scene
def grant_by_broken_glass(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/grants/{stage.break_glass().id}")


@scene
def two_grants_at_once(stage: Stage) -> Page:
    first = stage.grant()
    stage.break_glass(entitlement="patient-record", purpose="BTG")
    return stage.open(stage.clinician, f"/grants/{first.id}")


@scene
def grant_whose_site_does_not_answer(stage: Stage) -> Page:
    stage.connect_silent_site()
    decided = stage.decide(stage.ask(entitlement="wordpress-notes"), Verdict.APPROVE)
    if decided.grant is None:
        raise AssertionError("nothing was granted")
    activate(stage.equipment, decided.grant.id)
    return stage.open(stage.clinician, f"/grants/{decided.grant.id}")


@scene
def grant_as_its_approver_sees_it(stage: Stage) -> Page:
    return stage.open(stage.approver, f"/grants/{stage.grant().id}")


@scene
def grant_ended(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/grants/{stage.end(stage.grant()).id}")


@scene
def more_time(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/grants/{stage.grant().id}/extend")


@scene
def more_time_without_a_code(stage: Stage) -> Page:
    page = more_time(stage)
    page.get_by_role("button", name="Ask for more time").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def no_more_time_after_the_end(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/grants/{stage.end(stage.grant()).id}/extend")


@scene
def link_for_another_device(stage: Stage) -> Page:
    page = grant_live(stage)
    page.get_by_role("button", name="Copy a link for another device").click()
    expect(page.get_by_role("heading", name="A link for another device")).to_be_visible()
    return page


@scene
def link_on_that_device(stage: Stage) -> Page:
    address = link_for_another_device(stage).locator("[data-copy-source]").inner_text()
    return stage.open(None, address.strip())


@scene
def player(stage: Stage) -> Page:
    page = grant_live(stage)
    page.get_by_role("button", name="Open recording").click()
    expect(page.locator("audio")).to_be_visible()
    return page


@scene
def player_after_the_end(stage: Stage) -> Page:
    grant = stage.grant()
    page = stage.open(stage.clinician, f"/grants/{grant.id}")
    page.get_by_role("button", name="Open recording").click()
    expect(page.locator("audio")).to_be_visible()
    stage.end(grant)
    expect(page.locator("audio")).to_have_count(0)
    return page


@scene
def record(stage: Stage) -> Page:
    grant = stage.grant(entitlement="patient-record", duration=timedelta(minutes=15))
    page = stage.open(stage.clinician, f"/grants/{grant.id}")
    page.get_by_role("button", name="Open record").click()
    expect(page.get_by_role("heading", name="Medication")).to_be_visible()
    return page


@scene
def receipt(stage: Stage) -> Page:
    """With a step that came after the checkpoint."""
    grant = stage.break_glass()
    parts = stage.broker.parts
    parts.checkpoints.keep(parts.store)
    stage.end(grant)
    return stage.open(stage.clinician, f"/grants/{grant.id}/receipt")


@scene
def receipt_before_it_is_signed(stage: Stage) -> Page:
    return stage.open(stage.reviewer, f"/grants/{stage.grant().id}/receipt")
