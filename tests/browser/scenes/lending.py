"""A person is asked whether software may use an access of theirs."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import Page

from broker.clock import new_id
from broker.credentials.clients.register import AuthMethod, GrantType, NewClient, register_client
from broker.patients.register import add_patient
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage

ENTITLEMENT = "ehr-allergies-medication"
BACK = "https://app.clinic.example/back"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@scene
def one_access_to_lend(stage: Stage) -> Page:
    stage.grant(entitlement=ENTITLEMENT)
    return stage.open(stage.clinician, question(stage))


@scene
def several_accesses_to_choose_from(stage: Stage) -> Page:
    lend_two(stage)
    return stage.open(stage.clinician, question(stage))


@scene
def none_was_chosen(stage: Stage) -> Page:
    page = several_accesses_to_choose_from(stage)
    page.get_by_role("button", name="Allow", exact=True).click()
    return page


@scene
def no_access_to_lend(stage: Stage) -> Page:
    return stage.open(stage.clinician, question(stage))


@scene
def software_that_would_act_for_somebody(stage: Stage) -> Page:
    return stage.open(stage.clinician, question(stage, scope="grants:read grants:end requests:write"))


@scene
def software_nobody_knows(stage: Stage) -> Page:
    return stage.open(stage.clinician, question(stage, client_id="client_of_nobody"))


def lend_two(stage: Stage) -> None:
    """Live access for two patients, of whom one was just admitted."""
    parts, ref = stage.broker.parts, f"P-{new_id('x')[-6:]}"
    with parts.store.write() as tx:
        add_patient(tx, parts.ledger, actor="demo", clinic_ref=ref)
    for patient in ("P-1001", ref):
        stage.grant(entitlement=ENTITLEMENT, patient_ref=patient)


def question(stage: Stage, **changes: str) -> str:
    """Where software that was just registered sends a person."""
    new = NewClient(
        name="The ward app",
        auth_method=AuthMethod.NONE,
        redirect_uris=(BACK,),
        grant_types=frozenset({GrantType.CODE}),
        scopes=frozenset({"grants:read", "grants:end", "requests:write"}),
    )
    parts = stage.broker.parts
    with parts.store.write() as tx:
        client = register_client(tx, parts.ledger, new, actor="demo")
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": BACK,
        "state": "s-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"/oauth/authorize?{urlencode({**asked, **changes})}"
