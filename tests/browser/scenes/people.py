"""People and where they are signed in, as administrators see it; and having been signed out."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def everybody(stage: Stage) -> Page:
    return stage.open(stage.admin, "/people")


@scene
def one_person_signed_in_twice(stage: Stage) -> Page:
    for _ in range(2):
        stage.clinician.token()
    return stage.open(stage.admin, f"/people/{stage.clinician.person.id}")


@scene
def one_person_signed_in_nowhere(stage: Stage) -> Page:
    return stage.open(stage.admin, f"/people/{stage.clinician.person.id}")


@scene
def signed_out_by_the_provider(stage: Stage) -> Page:
    return stage.open(None, "/signed-out")
