"""The page on which an administrator reads what policy says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from broker.identity.people import Role
from broker.policy.durations import in_words
from tests.fakes.clinic import POLICIES
from tests.fakes.front import Front
from tests.fakes.past import Past
from tests.web.house import House, visible

SIGN_IN = """
version: 1
sign_in:
  local_accounts: off
  local_people: [admin@demo.example]
  single_sign_on:
    acr_values: ["urn:clinic:mfa"]
    max_age: 8h
    counts_as_factor: true
    create_people: true
    groups:
      doctors: [clinician]
      leads: [clinician, approver]
"""


def test_every_offer_stands_there_in_words(past: Past, archive: Front) -> None:
    """An administrator reads what policy says without opening a file, and its digest."""
    catalog, admin = past.equipment.catalog, archive.browser(past.admin)
    assert admin.get("/policies").status_code == 200
    assert catalog.digest in admin.page
    for offer in catalog.entitlements.values():
        assert offer.title in admin.page.replace("&#39;", "'")
        assert f"at most {in_words(offer.durations.maximum)}" in admin.page
    assert "2 different people of: " in admin.page
    assert "Not possible" in admin.page


def test_how_people_come_in_stands_there_too(past: Past, archive: Front) -> None:
    """Without a provider there is nothing to say but who has an account here, and what confirms an act."""
    admin = archive.browser(past.admin)
    admin.get("/policies")
    assert "Signing in" in admin.page
    assert "For everybody" in admin.page
    assert "Organisation" not in admin.page
    assert "A passkey or a one-time code" in admin.page


def test_a_provider_s_groups_and_strength_stand_there(
    house_with: Callable[..., House], tmp_path: Path
) -> None:
    """Who loses a role when they leave a group can be read off the page."""
    policies = tmp_path / "policies"
    shutil.copytree(POLICIES, policies)
    (policies / "sign-in.yaml").write_text(SIGN_IN)
    house = house_with(
        policies_path=policies,
        public_url="https://broker.clinic.example",
        oidc_issuer="https://login.clinic.example",
        oidc_client_id="broker",
        oidc_client_secret="a secret for tests only, long enough",
    )
    browser = house.browser()
    house.sign_in(browser, house.someone("admin", Role.ADMIN))
    page = visible(browser.get("/policies"))
    for words in (
        "admin@demo.example",
        "urn:clinic:mfa; 8 hours old at most",
        "Group doctors",
        "Approver on call",
    ):
        assert words in page
