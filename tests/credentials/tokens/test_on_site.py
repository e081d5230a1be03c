"""Software beside a role on a site: one grant, a lease that says nothing of software, a token that names a patient."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.access.activate import activate
from broker.access.grant import Grant, GrantState
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.check import live_token
from broker.policy.load import load_catalog, policy_files
from tests.credentials.tokens.conftest import EHR, Issue
from tests.fakes.clinic import POLICIES, Clinic

POSTS = {"post_type": "telehealth_note", "meta_key": "patient_ref", "capabilities": ["read"]}


@pytest.fixture(
    params=[
        pytest.param({"posts": POSTS}, id="one patient's posts"),
        pytest.param({"primitives": ["read_private_pages"]}, id="limited to no patient"),
    ]
)
def on_site(clinic: Clinic, tmp_path: Path, request: pytest.FixtureRequest) -> Grant:
    """A live grant on the clinic's site of which software gets tokens, too."""
    shipped = yaml.safe_load((POLICIES / "telehealth.yaml").read_text())["entitlements"]["wordpress-notes"]
    section: dict[str, Any] = {"audience": EHR, "datatypes": ["Condition"], "actions": ["read"]}
    entry = shipped | {
        "site_role": {"site": "clinic", **request.param},
        "credential": {**section, "lifetime": "5m", "dpop": "allowed"},
    }
    extra = tmp_path / "extra.yaml"
    extra.write_text(yaml.safe_dump({"version": 1, "entitlements": {"notes-and-software": entry}}))
    catalog = load_catalog([*policy_files(POLICIES), extra])
    clinic.equipment = replace(clinic.equipment, catalog=catalog)
    grant = clinic.approve(clinic.ask(entitlement="notes-and-software").request.id).grant
    assert grant is not None
    return activate(clinic.equipment, grant.id)


def test_the_site_takes_the_lease_and_learns_nothing_of_software(clinic: Clinic, on_site: Grant) -> None:
    """A companion refuses a scope with words it does not know: so none may reach it."""
    assert on_site.state is GrantState.ACTIVE
    assert "credential" in on_site.scope
    lease = clinic.site.leases[on_site.id]
    assert "credential" not in lease.scope


def test_a_token_names_the_patient_even_where_the_role_does_not(
    clinic: Clinic, mint: Mint, on_site: Grant, issued_for: Issue
) -> None:
    """The patient of the request is whom the token is about."""
    issued = issued_for(on_site)
    assert issued.token.authorization_details[0]["patient"] == "P-1001"
    with clinic.store.read() as reader:
        assert live_token(reader, mint, issued.text)


def test_a_site_that_will_not_confirm_the_end_keeps_no_token_alive(
    clinic: Clinic, mint: Mint, on_site: Grant, issued_for: Issue
) -> None:
    """The broker's own part ends with its own commit, whatever the site says."""
    issued = issued_for(on_site)
    clinic.site.fault = "down"
    assert clinic.end(on_site.id).state is GrantState.REVOKING
    with clinic.store.read() as reader:
        assert live_token(reader, mint, issued.text) is None
