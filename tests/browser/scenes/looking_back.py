"""The history: narrowed, drawn, kept as views, taken as a file."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def history_by_night_and_reason(stage: Stage) -> Page:
    """With every filter in sight."""
    stage.grant()
    return stage.open(
        stage.reviewer, "/history?reason=unresponsive&earliest_hour=20&before_hour=6&oldest_first=yes"
    )


@scene
def history_pictures(stage: Stage) -> Page:
    stage.end(stage.grant())
    stage.break_glass()
    page = stage.open(stage.reviewer, "/history/pictures")
    for summary in page.get_by_text("as a table").all():
        summary.click()
    return page


@scene
def history_pictures_of_nothing(stage: Stage) -> Page:
    return stage.open(stage.reviewer, "/history/pictures?from=2001-01-01&to=2001-01-02")


@scene
def a_view_saved(stage: Stage) -> Page:
    page = stage.open(stage.reviewer, "/history?break_glass=yes")
    page.get_by_text("Save this view").first.click()
    page.get_by_label("Name of the view").fill("broken glass")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("heading", name="History: broken glass")).to_be_visible()
    return page


@scene
def saved_views(stage: Stage) -> Page:
    page = a_view_saved(stage)
    page.get_by_role("link", name="Saved views").click()
    page.get_by_text("Change or remove").click()
    return page


@scene
def a_view_without_a_name(stage: Stage) -> Page:
    page = stage.open(stage.reviewer, "/history?break_glass=yes")
    page.get_by_text("Save this view").first.click()
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def a_file_taken(stage: Stage) -> Page:
    stage.grant()
    page = stage.open(stage.reviewer, "/history")
    with page.expect_download():
        page.get_by_role("button", name="Download JSON").click()
    expect(page.get_by_text("The file is complete.")).to_be_visible()
    return page
