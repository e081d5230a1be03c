"""The reviewer's pages: what is due, the history, one story, the ledger."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage
from tests.browser.witnesses import barred, nobody_objects, one_vouches_and_one_objects


@scene
def home(stage: Stage) -> Page:
    stage.break_glass()
    return stage.open(stage.reviewer, "/")


@scene
def reviews_due(stage: Stage) -> Page:
    stage.break_glass()
    return stage.open(stage.reviewer, "/reviews")


@scene
def review_signed(stage: Stage) -> Page:
    page = story_with_a_review_to_sign(stage)
    page.get_by_label("Note").fill("Treating team, documented in the chart")
    page.get_by_role("button", name="Appropriate").click()
    expect(page.get_by_text("Signed: appropriate")).to_be_visible()
    return page


@scene
def misuse_without_a_note(stage: Stage) -> Page:
    page = story_with_a_review_to_sign(stage)
    page.get_by_role("button", name="Misuse").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def history(stage: Stage) -> Page:
    stage.end(stage.grant())
    stage.break_glass()
    return stage.open(stage.reviewer, "/history")


@scene
def history_without_a_match(stage: Stage) -> Page:
    return stage.open(stage.reviewer, "/history?from=2001-01-01&to=2001-01-02")


@scene
def history_of_nobody_known(stage: Stage) -> Page:
    page = stage.open(stage.reviewer, "/history")
    page.get_by_label("Patient").fill("P-0")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def story_of_an_ended_grant(stage: Stage) -> Page:
    return stage.open(stage.reviewer, f"/history/{stage.end(stage.grant()).id}")


@scene
def story_with_a_review_to_sign(stage: Stage) -> Page:
    return stage.open(stage.reviewer, f"/history/{stage.break_glass().id}")


@scene
def ledger(stage: Stage) -> Page:
    return stage.open(stage.reviewer, "/ledger")


@scene
def ledger_verified(stage: Stage) -> Page:
    page = ledger(stage)
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("The ledger is whole")).to_be_visible()
    return page


@scene
def ledger_contradicted_by_a_witness(stage: Stage) -> Page:
    parts = stage.broker.parts
    one_vouches_and_one_objects(parts)
    parts.watch.guard.bar(barred(parts))
    try:
        page = ledger(stage)
        expect(page.get_by_text("Nothing is granted now")).to_be_visible()
    finally:
        nobody_objects(parts)
    return page
