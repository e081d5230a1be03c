"""What patients are told, what is held, and what is erased before its time."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from broker.retention.before_time import ask_erasure
from broker.retention.hold import place_hold, release_hold
from broker.retention.thing import Thing, ThingKind
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def disclosures(stage: Stage) -> Page:
    return stage.open(stage.reviewer, "/disclosures")


@scene
def disclosures_of_nobody_known(stage: Stage) -> Page:
    page = disclosures(stage)
    page.get_by_label("Patient").fill("P-0")
    page.get_by_role("button", name="Show accounting").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def accounting(stage: Stage) -> Page:
    return _drawn_up(stage, "Show accounting")


@scene
def answer(stage: Stage) -> Page:
    return _drawn_up(stage, "Show answer", with_notes=True)


@scene
def no_hold(stage: Stage) -> Page:
    return stage.open(stage.admin, "/holds")


@scene
def holds_and_an_erasure_to_confirm(stage: Stage) -> Page:
    grant, equipment = stage.end(stage.grant()), stage.equipment
    reviewer = stage.reviewer.person
    place_hold(equipment, reviewer, Thing(ThingKind.GRANT, grant.id), "case 17")
    person = Thing(ThingKind.PERSON, stage.clinician.person.id)
    old = place_hold(equipment, reviewer, person, "case 12")
    release_hold(equipment, reviewer, old.id, "case closed")
    ask_erasure(equipment, reviewer, Thing(ThingKind.PATIENT, grant.patient_id), "request 5 of a patient")
    return stage.open(stage.admin, "/holds")


def _drawn_up(stage: Stage, button: str, *, with_notes: bool = False) -> Page:
    stage.end(stage.grant())
    stage.break_glass()
    page = disclosures(stage)
    page.get_by_label("Patient").fill("P-1001")
    if with_notes:
        page.get_by_label("Include the notes").check()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("table").first).to_be_visible()
    return page
