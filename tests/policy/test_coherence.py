from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SITE_ROLE = {
    "site": "clinic",
    "posts": {"post_type": "note", "meta_key": "ref", "capabilities": ["read"]},
}
CREDENTIAL = {
    "audience": "https://ehr.example/fhir",
    "datatypes": ["Condition"],
    "actions": ["read"],
    "lifetime": "10m",
}
TABLE = [
    ({"duration.offered": ["15m", "2h"]}, "2 hours is offered, but the maximum is 1 hour"),
    ({"duration.default": "20m"}, "The default, 20 minutes, is not among"),
    ({"break_glass.maximum": "61m"}, "it must be shorter than the ordinary 1 hour"),
    ({"break_glass.maximum": "1h"}, "it must be shorter than the ordinary 1 hour"),
    ({"compartments": ["restricted"]}, 'Break-glass covers "general", which the entitlement itself does not'),
    ({"break_glass.offered_after": "30m"}, "when the request has lapsed already"),
    ({"approvals.needed": 0, "review": {"within": "7d"}}, "no glass to break"),
    ({"approvals.roles": []}, "no role may approve"),
    ({"approvals.roles": ...}, "no role may approve"),
    ({"approvals.lapse_after": ...}, '"lapse_after" must be said'),
    ({"approvals.factor_fresh_for": ...}, '"factor_fresh_for" must be said'),
    (
        {"approvals": {"needed": 0}, "break_glass": ..., "review": {"within": "7d"}},
        "no role may approve",  # the extension still needs somebody
    ),
    ({"approvals.needed": 0, "break_glass": ...}, "somebody must look at it afterwards"),
    ({"extension.approvals": 0}, "its extension needs at least one, too"),
    ({"extension.total": "1h"}, "leaves no room"),
    ({"kind": "site_role"}, "Add the section site_role"),
    ({"site_role": SITE_ROLE}, "A record has no role on a site"),
    ({"kind": "credential"}, "Add the section credential"),
    ({"kind": "credential", "site_role": SITE_ROLE}, "A credential has no role on a site"),
    ({"credential": {**CREDENTIAL, "lifetime": "11m"}}, "A token of 11 minutes lives too long; 10 minutes"),
]


@pytest.mark.parametrize(("changes", "said"), TABLE)
def test_sections_that_contradict_each_other_are_a_fault(
    faults_of: Callable, whole: dict[str, Any], spoil: Callable, changes: dict[str, Any], said: str
) -> None:
    """Each pair of sections that cannot both be meant is reported in a sentence."""
    for path, value in changes.items():
        spoil(whole["entitlements"]["record"], path, value)
    assert any(said in fault.message for fault in faults_of(a=whole))


@pytest.mark.parametrize(("changes", "said"), TABLE)
def test_a_contradiction_is_heard_beside_other_faults(
    faults_of: Callable, whole: dict[str, Any], spoil: Callable, changes: dict[str, Any], said: str
) -> None:
    """An unknown key next to it does not hide a contradiction until the next run."""
    for path, value in changes.items():
        spoil(whole["entitlements"]["record"], path, value)
    for section in (whole["entitlements"]["record"], whole["entitlements"]["record"]["duration"]):
        section["unknown_key"] = 1
    faults = faults_of(a=whole)
    assert any(said in fault.message for fault in faults)
    assert sum("unknown_key" in fault.message for fault in faults) == 2


def test_a_grant_without_approval_is_possible_when_it_is_reviewed(
    load: Callable, whole: dict[str, Any], spoil: Callable
) -> None:
    """Approval may be left out where a review makes up for it."""
    for path, value in {
        "approvals": {"needed": 0},
        "break_glass": ...,
        "extension": ...,
        "review": {"within": "7d"},
    }.items():
        spoil(whole["entitlements"]["record"], path, value)
    assert load(a=whole).entitlements["record"].approvals.needed == 0


@pytest.mark.parametrize("junk", [7, "x", [], ["x"], {"deep": {}}, True])
@pytest.mark.parametrize(
    "path",
    [
        "duration",
        "duration.maximum",
        "duration.offered",
        "approvals",
        "approvals.needed",
        "break_glass",
        "kind",
    ],
)
def test_rules_survive_junk(
    faults_of: Callable, whole: dict[str, Any], spoil: Callable, path: str, junk: Any
) -> None:
    """Whatever stands where a rule looks, the answer is a fault and no crash."""
    spoil(whole["entitlements"]["record"], path, junk)
    assert faults_of(a=whole)
