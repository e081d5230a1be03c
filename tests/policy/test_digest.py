from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.policy.faults import PolicyFaults
from broker.policy.load import load_catalog

SHIPPED = Path(__file__).parents[2] / "policies"
OTHERWISE = {
    "record": "recording", "recording": "record", "totp": "passkey", "general": "restricted", "restricted": "general",
    "clinician": "reviewer", "approver": "admin", "reviewer": "clinician", "ETREAT": "HOPERAT", "BTG": "HOPERAT",
    "TREAT": "HOPERAT", "read": "edit", "edit": "read",
}  # fmt: skip


def _leaves(tree: Any, path: tuple = ()) -> Iterator[tuple]:
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _leaves(value, (*path, key))
    else:
        yield path


def _changed(leaf: Any) -> Any:
    if isinstance(leaf, int):
        return leaf + 1
    if re.fullmatch(r"\d+[mhd]", leaf):
        return f"{int(leaf[:-1]) + 1}{leaf[-1]}"
    return OTHERWISE.get(leaf, f"{leaf}x")


def _every_change() -> Iterator[Any]:
    for file in sorted(SHIPPED.glob("*.yaml")):
        for path in _leaves(yaml.safe_load(file.read_text())):
            yield pytest.param(file.name, path, id=f"{file.stem}:{'.'.join(map(str, path))}")


@pytest.mark.parametrize(("name", "path"), list(_every_change()))
def test_every_change_of_meaning_changes_the_digest(tmp_path: Path, name: str, path: tuple) -> None:
    """Whatever single value of the shipped policy is changed: it is refused, or the digest is another."""
    for file in SHIPPED.glob("*.yaml"):
        tree = yaml.safe_load(file.read_text())
        if file.name == name:
            here = tree
            for step in path[:-1]:
                here = here[step]
            here[path[-1]] = _changed(here[path[-1]])
        (tmp_path / file.name).write_text(yaml.safe_dump(tree, sort_keys=False))
    try:
        digest = load_catalog(tmp_path).digest
    except PolicyFaults:
        return
    assert digest != load_catalog(SHIPPED).digest


def test_the_way_it_is_written_does_not_count(load: Callable, whole: dict[str, Any], tmp_path: Path) -> None:
    """Comments, order, splitting into files and 60m for 1h leave the digest as it was."""
    digest = load(a=whole).digest
    other = deepcopy(whole)
    other["entitlements"]["record"]["duration"]["maximum"] = "60m"
    other["entitlements"]["record"]["compartments"].reverse()
    entitlements = {"version": 1, "entitlements": other.pop("entitlements")}
    (tmp_path / "a.yaml").unlink()
    assert load(y="# words\n" + yaml.safe_dump(other), z=entitlements).digest == digest
    assert re.fullmatch(r"[0-9a-f]{64}", digest)


def test_the_digest_is_the_same_everywhere(load: Callable, whole: dict[str, Any]) -> None:
    """The digest of a known policy is a known value, so that a stored decision can be traced in later versions."""
    assert load(a=whole).digest == "063d8980e289fdd2006218d78440adae3a6d19a9b655681807fce3e28180c138"
