"""The approver's pages: what waits, the decision, what came of it."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from broker.access.decide import Verdict
from broker.access.withdraw import withdraw
from broker.identity.people import Role
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def home(stage: Stage) -> Page:
    stage.ask()
    return stage.open(stage.approver, "/")


@scene
def waiting_for_you(stage: Stage) -> Page:
    stage.grant()
    stage.ask()
    return stage.open(stage.approver, "/waiting")


@scene
def decision(stage: Stage) -> Page:
    return stage.open(stage.approver, f"/requests/{stage.ask().id}/decide")


@scene
def decision_with_a_code(stage: Stage) -> Page:
    page = decision(stage)
    page.get_by_role("button", name="Approve").evaluate("button => button.form.requestSubmit()")
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def denial_without_a_comment(stage: Stage) -> Page:
    page = decision(stage)
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def own_request(stage: Stage) -> Page:
    both = stage.broker.join(Role.CLINICIAN, Role.APPROVER)
    return stage.open(both, f"/requests/{stage.ask(both).id}/decide")


@scene
def approved_by_me(stage: Stage) -> Page:
    return stage.open(stage.approver, f"/requests/{stage.grant().request_id}/decide")


@scene
def approved_by_me_and_another_needed(stage: Stage) -> Page:
    asked = stage.ask(patient_ref="P-2002", entitlement="restricted-record", duration=timedelta(minutes=15))
    stage.decide(asked, Verdict.APPROVE)
    return stage.open(stage.approver, f"/requests/{asked.id}/decide")


@scene
def denied_by_another(stage: Stage) -> Page:
    asked = stage.ask()
    stage.decide(asked, Verdict.DENY, stage.broker.join(Role.APPROVER))
    return stage.open(stage.approver, f"/requests/{asked.id}/decide")


@scene
def withdrawn_before_i_came(stage: Stage) -> Page:
    asked = stage.ask()
    withdraw(stage.equipment, stage.clinician.person, asked.id)
    return stage.open(stage.approver, f"/requests/{asked.id}/decide")


@scene
def request_as_an_approver_sees_it(stage: Stage) -> Page:
    return stage.open(stage.approver, f"/requests/{stage.ask().id}")
