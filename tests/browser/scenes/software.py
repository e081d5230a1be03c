"""Access of which software gets tokens."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from broker.access.grant import Grant
from broker.clock import new_id
from broker.credentials.clients.register import AuthMethod, NewClient, register_client
from broker.credentials.tokens.issue import issue_for_grant
from broker.credentials.tokens.offer import offer_of
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage

ENTITLEMENT = "ehr-allergies-medication"


@scene
def access_no_software_used_yet(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/grants/{stage.grant(entitlement=ENTITLEMENT).id}")


@scene
def access_that_software_uses(stage: Stage) -> Page:
    return stage.open(stage.clinician, f"/grants/{_in_use(stage).id}")


@scene
def access_that_software_uses_as_its_approver_sees_it(stage: Stage) -> Page:
    return stage.open(stage.approver, f"/grants/{_in_use(stage).id}")


@scene
def tokens_withdrawn(stage: Stage) -> Page:
    page = access_that_software_uses(stage)
    page.get_by_role("button", name="Withdraw all tokens").click()
    expect(page.get_by_text("No token can be used now.")).to_be_visible()
    return page


@scene
def decision_about_access_for_software(stage: Stage) -> Page:
    request = stage.ask(entitlement=ENTITLEMENT)
    return stage.open(stage.approver, f"/requests/{request.id}/decide")


@scene
def story_with_tokens(stage: Stage) -> Page:
    return stage.open(stage.reviewer, f"/history/{_in_use(stage).id}")


def _in_use(stage: Stage) -> Grant:
    grant, parts = stage.grant(entitlement=ENTITLEMENT), stage.broker.parts
    offer = offer_of(grant)
    if offer is None:
        raise AssertionError("nothing is offered to software")
    with parts.store.write() as tx:
        for name in ("Ward app", "Medication round"):
            new = NewClient(name=name, auth_method=AuthMethod.NONE)
            client = register_client(tx, parts.ledger, new, actor="demo")
            for key in (None, new_id("key")):
                issue_for_grant(
                    tx, parts.mint, grant=grant, client_id=client.id, audience=offer.audience, jkt=key
                )
    return grant
