from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("who.roles", '"clinicain" is not a role declared in any file; did you mean "clinician"?'),
        ("approvals.roles", '"clinicain" is not a role declared'),
        ("compartments", '"clinicain" is not a compartment declared'),
        ("break_glass.compartments", '"clinicain" is not a compartment declared'),
        ("purposes", '"clinicain" is not a purpose declared in any file; known are: BTG, ETREAT, TREAT.'),
        ("break_glass.purposes", '"clinicain" is not a purpose declared'),
    ],
)
def test_words_nobody_declared_are_a_fault(
    faults_of: Callable, whole: dict[str, Any], spoil: Callable, path: str, said: str
) -> None:
    """A misspelt role, compartment or purpose is a fault, not a rule that silently matches nobody."""
    spoil(whole["entitlements"]["record"], path, ["clinicain"])
    assert any(said in fault.message for fault in faults_of(a=whole))


def test_purposes_are_hl7_codes(faults_of: Callable, whole: dict[str, Any], spoil: Callable) -> None:
    """A purpose HL7 does not know cannot be declared, because audit receivers would refuse it."""
    spoil(whole, "purposes.ETREET", "Emergency")
    assert 'not an HL7 purpose of use; did you mean "ETREAT"?' in faults_of(a=whole)[0].message


@pytest.mark.parametrize("section", ["roles", "compartments", "purposes", "reasons", "entitlements"])
def test_a_code_is_declared_once(faults_of: Callable, whole: dict[str, Any], section: str) -> None:
    """The same id or code in two files is a fault of the second, which names the place of the first."""
    name, value = next(iter(whole[section].items()))
    faults = faults_of(a=whole, b={"version": 1, section: {name: value}})
    assert [fault.file for fault in faults] == ["b.yaml"]
    assert f'"{name}" is declared in' in faults[0].message
    assert "a.yaml:" in faults[0].message


def test_a_broken_file_does_not_blame_the_others(faults_of: Callable, whole: dict[str, Any]) -> None:
    """When the file that declares the words cannot be read, that is the one fault."""
    entitlements = {"version": 1, "entitlements": whole.pop("entitlements")}
    assert [fault.file for fault in faults_of(a=entitlements, words="roles: [")] == ["words.yaml"]
