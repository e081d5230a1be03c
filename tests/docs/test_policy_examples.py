from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.policy.load import load_catalog, policy_files

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"```yaml\n(.+?)```", (ROOT / "docs/policy-reference.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_reference_stands_beside_the_shipped_policies(example: str, tmp_path: Path) -> None:
    """Whoever copies it gets a policy without a fault."""
    new = tmp_path / "example.yaml"
    new.write_text(example)
    assert (
        load_catalog([*policy_files(ROOT / "policies"), new]).digest != load_catalog(ROOT / "policies").digest
    )
