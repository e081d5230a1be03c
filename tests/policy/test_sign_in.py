"""How people come in, as policy says it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from broker.identity.people import Role
from broker.policy.catalog import Catalog
from broker.policy.faults import PolicyFaults
from broker.policy.load import load_catalog
from broker.policy.sign_in import USUAL
from broker.policy.sign_in_written import HeldRole

SHIPPED = Path(__file__).parents[2] / "policies"
WHOLE: dict[str, Any] = {
    "local_accounts": "off",
    "local_people": ["OnCall@clinic.example"],
    "single_sign_on": {
        "acr_values": ["urn:clinic:mfa"],
        "amr_values": ["otp", "hwk"],
        "max_age": "8h",
        "groups_claim": "groups",
        "groups": {"/clinic/doctors": ["clinician"], "on call": ["approver", "clinician"]},
        "create_people": True,
        "link_by_email": True,
        "counts_as_factor": True,
    },
}


def load(folder: Path, section: object, *more: object) -> Catalog:
    files = []
    for number, each in enumerate((section, *more)):
        files.append(folder / f"sign-in-{number}.yaml")
        files[-1].write_text(yaml.safe_dump({"version": 1, "sign_in": each}))
    return load_catalog([*SHIPPED.glob("*.yaml"), *files])


def said(folder: Path, section: object, *more: object) -> str:
    with pytest.raises(PolicyFaults) as caught:
        load(folder, section, *more)
    return str(caught.value)


def test_everything_that_can_be_said_is_meant(tmp_path: Path) -> None:
    """Each key arrives as the value nothing can change."""
    meant = load(tmp_path, WHOLE).sign_in
    assert not meant.local_accounts
    assert meant.local_people == {"oncall@clinic.example"}
    rules = meant.single_sign_on
    assert rules.groups["on call"] == ("approver", "clinician")
    assert rules.max_age == timedelta(hours=8)
    assert rules.counts_as_factor
    assert rules.create_people
    assert rules.link_by_email


def test_without_the_section_nothing_is_loosened() -> None:
    """Local accounts as ever; a provider that is set up lets in whoever was linked by hand, with our own factor."""
    catalog = load_catalog(SHIPPED)
    assert catalog.sign_in == USUAL
    assert not catalog.sign_in.single_sign_on.counts_as_factor
    assert not catalog.sign_in.single_sign_on.link_by_email


@pytest.mark.parametrize("written", ["off", False])
def test_yaml_may_read_off_as_it_likes(tmp_path: Path, written: object) -> None:
    """A bare off is false to YAML and means off to us."""
    assert not load(tmp_path, WHOLE | {"local_accounts": written}).sign_in.local_accounts


def test_the_digest_tells_what_is_said_and_not_how(tmp_path: Path) -> None:
    """Another rule is another policy; another order is not; an old policy keeps its digest."""
    before = load(tmp_path, WHOLE).digest
    sso = WHOLE["single_sign_on"]
    turned = dict(reversed(sso["groups"].items()))
    assert load(tmp_path, WHOLE | {"single_sign_on": sso | {"groups": turned}}).digest == before
    assert load(tmp_path, WHOLE | {"single_sign_on": sso | {"max_age": "9h"}}).digest != before
    assert load(tmp_path, {"local_accounts": "on"}).digest == load_catalog(SHIPPED).digest


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"local_accounts": "off"}, "nobody could sign in"),
        ({"local_people": ["a@b.example"]}, "Everybody has a local account"),
        ({"single_sign_on": {"counts_as_factor": True}}, "a password alone is none"),
        ({"single_sign_on": {"create_people": True}}, "Nobody new would have a role"),
        ({"single_sign_on": {"groups": {"doctors": ["doctor"]}}}, 'cannot be "doctor"'),
        ({"single_sign_on": {"groups": {"doctors": []}}}, "doctors"),
        ({"single_sign_on": {"acr_values": ["two words"]}}, "two words"),
        ({"single_sign_on": {"max_age": 3600}}, "not a duration"),
        ({"single_sign_on": {"create_people": "yes"}}, "create_people"),
        ({"single_sign_on": {"issuer": "https://id.example"}}, "issuer"),
        ({"local_accounts": "sometimes"}, "sometimes"),
        ({"local_accounts": ["off"]}, "local_accounts"),
        ({"local_people": ["no address"]}, "no address"),
        ("off", "sign_in"),
        (None, "nothing is written here"),
    ],
)
def test_what_cannot_be_meant_is_a_fault(tmp_path: Path, section: object, words: str) -> None:
    """In words, with its line, before the broker starts."""
    assert words in said(tmp_path, section)


def test_only_one_file_says_it(tmp_path: Path) -> None:
    """Two files that each loosen a little must not add up unseen."""
    assert "already" in said(tmp_path, WHOLE, {"local_accounts": "on"})


def test_groups_give_exactly_the_roles_people_can_hold() -> None:
    """A role added to one list is added to the other."""
    assert set(get_args(HeldRole)) == {str(role) for role in Role}
