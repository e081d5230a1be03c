from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.errors import ConfigurationError
from broker.policy.catalog import EntitlementKind, SiteRole
from broker.policy.faults import PolicyFaults
from broker.policy.load import load_catalog

RECORD = "entitlements.record"
POSTS = {"post_type": "telehealth_note", "meta_key": "patient_ref", "capabilities": ["read", "edit"]}
NOTES = {"site": "clinic", "posts": POSTS}


def test_a_policy_becomes_values(load: Callable, whole: dict[str, Any]) -> None:
    """What the file says in words stands in the catalog as durations, sets and enums."""
    entitlement = load(a=whole).entitlements["record"]
    assert entitlement.kind is EntitlementKind.RECORD
    assert entitlement.durations.maximum == timedelta(hours=1)
    assert entitlement.break_glass is not None
    assert entitlement.break_glass.compartments == {"general"}
    assert entitlement.review_within is None


def test_what_is_left_out_is_forbidden(load: Callable, whole: dict[str, Any], spoil: Callable) -> None:
    """Without their sections there is neither break-glass nor extension."""
    spoil(whole, f"{RECORD}.break_glass", ...)
    spoil(whole, f"{RECORD}.extension", ...)
    entitlement = load(a=whole).entitlements["record"]
    assert (entitlement.break_glass, entitlement.extension) == (None, None)


def test_a_site_role_names_its_scope(load: Callable, whole: dict[str, Any], spoil: Callable) -> None:
    """A site role carries the site and exactly the scope its lease will cover."""
    spoil(whole, f"{RECORD}.kind", "site_role")
    spoil(whole, f"{RECORD}.site_role", NOTES)
    role = load(a=whole).entitlements["record"].site_role
    assert role == SiteRole("clinic", {"posts": POSTS | {"capabilities": ["edit", "read"]}})


def test_a_site_role_may_be_for_one_login_session(
    load: Callable, whole: dict[str, Any], spoil: Callable
) -> None:
    """The word goes into the lease as it stands; there is only the one."""
    spoil(whole, f"{RECORD}.kind", "site_role")
    spoil(whole, f"{RECORD}.site_role", NOTES | {"session": "first"})
    role = load(a=whole).entitlements["record"].site_role
    assert role is not None
    assert role.scope["session"] == "first"
    spoil(whole, f"{RECORD}.site_role", NOTES | {"session": "every"})
    with pytest.raises(PolicyFaults, match="session"):
        load(a=whole)


def test_the_catalog_cannot_be_changed(load: Callable, whole: dict[str, Any]) -> None:
    """Nobody widens a policy by writing into the catalog."""
    catalog = load(a=whole)
    with pytest.raises(TypeError):
        catalog.entitlements["record"] = None
    with pytest.raises(AttributeError):
        catalog.entitlements["record"].kind = None


def test_files_add_up(load: Callable, whole: dict[str, Any]) -> None:
    """Entitlements may stand in another file than the words they use."""
    entitlements = {"version": 1, "entitlements": whole.pop("entitlements")}
    assert list(load(words=whole, more=entitlements).entitlements) == ["record"]


@pytest.mark.parametrize(
    ("path", "value", "line_holds", "said"),
    [
        ("version", 2, "version", '"version" cannot be "2"'),
        ("version", ..., "roles", '"version" is missing'),
        ("entitlments", {}, "entitlments", 'did you mean "entitlements"?'),
        ("roles.clinician", 7, "clinician: 7", "must be text"),
        (f"{RECORD}.titel", "x", "titel", 'Unknown key "titel" in "record"; did you mean "title"?'),
        (f"{RECORD}.title", "", "title", "must not be empty"),
        (f"{RECORD}.title", None, "title", "nothing is written here"),
        (f"{RECORD}.review", None, "review", "nothing is written here"),
        (
            f"{RECORD}.kind",
            "order",
            "kind: order",
            "allowed: 'recording', 'record', 'site_role' or 'credential'",
        ),
        (f"{RECORD}.factor", "sms", "factor", "allowed: 'totp'"),
        (f"{RECORD}.factor", ..., "record:", '"factor" is missing in "record"'),
        (f"{RECORD}.who.roles", [], "roles: []", "must name at least one"),
        (f"{RECORD}.who", {}, "who", '"roles" is missing in "who"'),
        (f"{RECORD}.who.roles", "clinician", "roles: clinician", "must be a list"),
        (f"{RECORD}.compartments", [], "compartments", "must name at least one"),
        (f"{RECORD}.purposes", ["ETREAT", 5], "- 5", 'Item 2 of "purposes" must be text'),
        (f"{RECORD}.duration.offered", ["15m", 60], "- 60", '"60" is not a duration'),
        (f"{RECORD}.duration.offered", [], "offered", "must name at least one"),
        (f"{RECORD}.duration.maximum", "1 hour", "maximum", "is not a duration"),
        (f"{RECORD}.approvals.needed", True, "needed", "must be a whole number"),
        (f"{RECORD}.approvals.needed", "1", "needed", "must be a whole number"),
        (f"{RECORD}.approvals.needed", -1, "needed", "must be a whole number"),
        (f"{RECORD}.approvals.needed", 6, "needed", "less than or equal to 5"),
        (f"{RECORD}.approvals", "one", "approvals", "must be a section"),
        (f"{RECORD}.break_glass.maximumm", "5m", "maximumm", 'did you mean "maximum"?'),
        (f"{RECORD}.break_glass.review_within", ..., "break_glass", '"review_within" is missing'),
        (
            f"{RECORD}.site_role",
            NOTES | {"posts": POSTS | {"capabilities": ["read", "manage_options"]}},
            "- manage_options",
            "cannot be",
        ),
        (
            f"{RECORD}.site_role",
            NOTES | {"posts": POSTS | {"post_type": "a b"}},
            "post_type",
            "cannot be used here",
        ),
        ("entitlements.Bad Id", {}, "Bad Id", '"Bad Id" cannot be used here'),
        ("entitlements", [1], "entitlements", "must be a section"),
    ],
)
def test_a_malformed_section_is_reported_where_it_stands(
    write: Callable, whole: dict[str, Any], spoil: Callable, path: str, value: Any, line_holds: str, said: str
) -> None:
    """Each slip of form has a fault whose line shows it and whose sentence says what would be right."""
    spoil(whole, path, value)
    directory = write(a=whole)
    with pytest.raises(PolicyFaults) as refused:
        load_catalog(directory)
    lines = (directory / "a.yaml").read_text().splitlines()
    found = [fault for fault in refused.value.faults if said in fault.message]
    assert found, refused.value.faults
    assert line_holds in lines[found[0].line - 1]


def test_all_faults_of_all_files_come_at_once(
    faults_of: Callable, whole: dict[str, Any], spoil: Callable
) -> None:
    """Syntax, form, contradiction, duplicates and unknown words in five files are one report."""
    other = {"version": 1, "entitlements": {"record": whole["entitlements"]["record"].copy()}}
    spoil(whole, f"{RECORD}.titel", "x")
    spoil(whole, f"{RECORD}.break_glass.maximum", "3h")
    spoil(whole, f"{RECORD}.purposes", ["TREATT"])
    faults = faults_of(a=whole, b=other, c="a: [", d="", e="version: 1\nroles: {nurse: Nurse}\nroles: {}\n")
    for file, said in (
        ("a.yaml", 'Unknown key "titel"'),
        ("a.yaml", "Break-glass lasts 3 hours"),
        ("a.yaml", '"TREATT" is not a purpose'),
        ("b.yaml", '"record" is declared in'),
        ("c.yaml", "not YAML"),
        ("d.yaml", "says nothing"),
        ("e.yaml", "written twice"),
    ):
        assert any(fault.file == file and said in fault.message for fault in faults), said
    assert faults == sorted(faults)


def test_faults_stop_the_broker_with_a_sentence(write: Callable) -> None:
    """The error is one of configuration, lists what is wrong and says what to run."""
    with pytest.raises(ConfigurationError, match=r"a\.yaml:1: This file says nothing") as refused:
        load_catalog(write(a=""))
    assert "broker policy check" in refused.value.help


@pytest.mark.parametrize("section", ["entitlements", "reasons"])
def test_a_policy_nobody_could_use_is_a_fault(
    faults_of: Callable, whole: dict[str, Any], spoil: Callable, section: str
) -> None:
    """Without entitlements or reasons every request would be refused, so that is said at once."""
    spoil(whole, section, {})
    assert f"No file has any {section}" in faults_of(a=whole)[0].message


def test_a_directory_without_policies_is_a_fault(tmp_path: Path) -> None:
    """An empty directory, or one with only hidden files, never means "allow" or "start anyway"."""
    (tmp_path / ".a.yaml").write_text("version: 1")
    (tmp_path / "readme.txt").write_text("version: 1")
    with pytest.raises(PolicyFaults, match="no policy file"):
        load_catalog(tmp_path)
    with pytest.raises(PolicyFaults, match="no policy file"):
        load_catalog([])


def test_single_files_can_be_named(write: Callable, whole: dict[str, Any]) -> None:
    """One file or a list of files is read as well as a directory."""
    file = write(a=whole) / "a.yaml"
    assert load_catalog(file) == load_catalog([file]) == load_catalog(file.parent)
