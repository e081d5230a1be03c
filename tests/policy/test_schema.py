from __future__ import annotations

import json
from pathlib import Path

from broker.policy.schema import json_schema

SHIPPED = Path(__file__).parents[2] / "policies"


def test_the_schema_beside_the_policies_is_current() -> None:
    """Editors check against the schema of this version: rewrite it with ``broker policy schema``."""
    assert (SHIPPED / "policy.schema.json").read_text(encoding="utf-8") == json_schema()


def test_every_policy_file_points_its_editor_to_the_schema() -> None:
    """The first line of each shipped file names the schema, so that an editor completes while one types."""
    for file in SHIPPED.glob("*.yaml"):
        assert file.read_text(encoding="utf-8").startswith(
            "# yaml-language-server: $schema=./policy.schema.json\n"
        )


def test_the_schema_knows_the_keys_and_no_others() -> None:
    """The schema forbids unknown keys, writes durations as text with a unit, and never offers null."""
    schema = json.loads(json_schema())
    sections = schema["$defs"]
    assert all(
        part.get("additionalProperties") is False for part in sections.values() if "properties" in part
    )
    assert sections["Duration"]["properties"]["maximum"]["type"] == "string"
    assert "null" not in json_schema()
    assert set(sections["EntitlementEntry"]["required"]) >= {
        "who",
        "compartments",
        "duration",
        "factor",
        "approvals",
    }
