"""What policy says about tokens for software."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

SECTION: dict[str, Any] = {
    "audience": "https://ehr.example/fhir",
    "datatypes": ["MedicationRequest", "Condition", "Condition"],
    "actions": ["search", "read"],
    "lifetime": "5m",
}


def test_a_section_may_stand_in_any_entitlement(load: Callable, whole: dict[str, Any]) -> None:
    """Left unsaid, a token has to be bound to a key; order and repetitions mean nothing."""
    whole["entitlements"]["record"]["credential"] = SECTION
    credential = load(a=whole).entitlements["record"].credential
    assert credential.section == {
        "audience": "https://ehr.example/fhir",
        "datatypes": ["Condition", "MedicationRequest"],
        "actions": ["read", "search"],
        "lifetime_s": 300,
        "dpop": "required",
    }


def test_a_kind_of_its_own_opens_nothing_else(load: Callable, whole: dict[str, Any]) -> None:
    """kind: credential with its section is a whole entitlement."""
    whole["entitlements"]["record"] |= {"kind": "credential", "credential": {**SECTION, "lifetime": "10m"}}
    entitlement = load(a=whole).entitlements["record"]
    assert entitlement.credential.lifetime == timedelta(minutes=10)
    assert entitlement.site_role is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("audience", "https://ehr.example/fhir?patient=1"),
        ("audience", "https://ehr.example/fhir#1"),
        ("audience", "two words"),
        ("audience", ""),
        ("datatypes", []),
        ("datatypes", ["two words"]),
        ("actions", []),
        ("actions", ["read"] * 11),
        ("lifetime", 300),
        ("dpop", "never"),
        ("patient", "P-1001"),
    ],
)
def test_what_no_token_can_carry_is_a_fault(
    faults_of: Callable, whole: dict[str, Any], key: str, value: Any
) -> None:
    """Each is one fault, at its place."""
    whole["entitlements"]["record"]["credential"] = {**SECTION, key: value}
    assert len(faults_of(a=whole)) == 1


@pytest.mark.parametrize("key", ["audience", "datatypes", "actions", "lifetime"])
def test_nothing_of_it_is_left_to_a_default(faults_of: Callable, whole: dict[str, Any], key: str) -> None:
    """Where, what and how long is always written down."""
    whole["entitlements"]["record"]["credential"] = {k: v for k, v in SECTION.items() if k != key}
    assert [f'"{key}" is missing in "credential"' in fault.message for fault in faults_of(a=whole)] == [True]


def test_what_software_gets_counts_in_the_digest(load: Callable, whole: dict[str, Any]) -> None:
    """Another audience is another policy, and a policy that says nothing of software keeps its digest."""
    digests = {load(a=whole).digest}
    for audience in ("one", "other"):
        whole["entitlements"]["record"]["credential"] = {**SECTION, "audience": audience}
        digests.add(load(a=whole).digest)
    assert len(digests) == 3
