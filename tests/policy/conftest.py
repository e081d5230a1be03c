"""A small whole policy to spoil, and a way to hear what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.policy.catalog import Catalog
from broker.policy.faults import Fault, PolicyFaults
from broker.policy.load import load_catalog

WHOLE: dict[str, Any] = {
    "version": 1,
    "roles": {"clinician": "Clinician", "approver": "Approver"},
    "compartments": {"general": "General", "restricted": "Restricted"},
    "purposes": {"ETREAT": "Emergency treatment", "BTG": "Break the glass", "TREAT": "Treatment"},
    "reasons": {"unresponsive": "Cannot speak", "handover": "Colleague away"},
    "entitlements": {
        "record": {
            "title": "Record",
            "description": "One record.",
            "kind": "record",
            "who": {"roles": ["clinician"]},
            "compartments": ["general", "restricted"],
            "purposes": ["ETREAT", "TREAT"],
            "duration": {"offered": ["15m", "30m"], "default": "15m", "maximum": "1h"},
            "factor": "totp",
            "approvals": {"needed": 1, "roles": ["approver"], "lapse_after": "30m", "factor_fresh_for": "5m"},
            "break_glass": {
                "maximum": "20m",
                "purposes": ["ETREAT", "BTG"],
                "compartments": ["general"],
                "offered_after": "5m",
                "review_within": "24h",
            },
            "extension": {"total": "2h", "approvals": 1},
        },
    },
}


@pytest.fixture
def whole() -> dict[str, Any]:
    """A policy without faults, the caller's own to change."""
    return deepcopy(WHOLE)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes policy files (``name=tree`` or ``name=text``) and answers their directory."""

    def written(**files: Any) -> Path:
        for name, content in files.items():
            text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return written


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., Catalog]:
    """The catalog of the files given."""
    return lambda **files: load_catalog(write(**files))


@pytest.fixture
def faults_of(write: Callable[..., Path]) -> Callable[..., list[Fault]]:
    """What is wrong with the files given, the file reduced to its name."""

    def faults(**files: Any) -> list[Fault]:
        with pytest.raises(PolicyFaults) as refused:
            load_catalog(write(**files))
        return [Fault(Path(fault.file).name, fault.line, fault.message) for fault in refused.value.faults]

    return faults


def change(tree: dict[str, Any], path: str, value: Any) -> None:
    """Set (or, given ``...``, remove) what stands under a dotted path."""
    *around, last = path.split(".")
    for step in around:
        tree = tree[step]
    if value is ...:
        del tree[last]
    else:
        tree[last] = value


@pytest.fixture
def spoil() -> Callable[[dict[str, Any], str, Any], None]:
    return change
