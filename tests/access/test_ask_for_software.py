"""Access of which software may get tokens: asked for, granted, and nothing of it told to a site."""

from __future__ import annotations

import pytest

from broker.access.activate import activate
from broker.access.lease_for import scope_on_site
from broker.access.request import get_request
from broker.errors import Invalid
from broker.identity.factors.step_up import Method
from tests.fakes.clinic import Clinic

SECTION = {
    "audience": "https://ehr.clinic.example/fhir",
    "datatypes": ["AllergyIntolerance", "MedicationRequest"],
    "actions": ["read", "search"],
    "lifetime_s": 300,
    "dpop": "allowed",
}


def test_a_grant_carries_what_policy_said_when_it_was_asked_for(clinic: Clinic) -> None:
    """The scope names the section and nothing else; no site is concerned."""
    asked = clinic.ask(entitlement="ehr-allergies-medication")
    grant = clinic.approve(asked.request.id).grant
    assert grant is not None
    live = activate(clinic.equipment, grant.id)
    assert (live.scope, live.site_id, live.kind) == ({"credential": SECTION}, None, "credential")
    with clinic.store.read() as reader:
        assert live.is_effective(reader.at)


def test_a_patient_nobody_knows_gets_the_usual_answer(clinic: Clinic) -> None:
    """Absent, restricted and misspelt are alike."""
    answers = set()
    for ref in ("P-9999", "P-2002", " "):
        with pytest.raises(Invalid) as refused:
            clinic.ask(entitlement="ehr-allergies-medication", patient_ref=ref)
        answers.add((str(refused.value), *sorted(refused.value.faults.items())))
    assert len(answers) == 1


def test_a_request_keeps_the_factor_that_gated_it(clinic: Clinic) -> None:
    """Ordinary, broken glass and extension alike, to the instant that the ledger has."""
    ordinary = clinic.ask(entitlement="ehr-allergies-medication").request
    broken = clinic.break_glass(entitlement="ehr-allergies-medication").request
    for request in (ordinary, broken):
        with clinic.store.read() as reader:
            kept = get_request(reader, request.id)
        assert (kept.factor_method, kept.factor_at) == (Method.TOTP, request.asked_at)
    told = [entry.facts["factor"] for entry in clinic.entries("request.asked")]
    assert [each["at"] for each in told] == [ordinary.asked_at.isoformat(), broken.asked_at.isoformat()]


def test_a_site_is_told_nothing_of_software(clinic: Clinic) -> None:
    """A lease names what the site enforces; what tokens are for is none of its business."""
    role = clinic.equipment.catalog.entitlements["wordpress-notes"].site_role
    assert role is not None
    with clinic.store.read() as reader:
        scope = {**role.scope, "credential": SECTION}
        on_site = scope_on_site(reader, "clinic", scope, clinic.patient)
        assert on_site == scope_on_site(reader, "clinic", role.scope, clinic.patient)
