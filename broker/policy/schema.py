"""The JSON Schema of a policy file, for editors that complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from broker.policy.document import Document


def json_schema() -> str:
    """JSON text, the same for the same version of the language."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()}
    return (
        json.dumps(_without_null(schema) | {"title": "Emergency access policy"}, indent=2, sort_keys=True)
        + "\n"
    )


def _without_null(part: Any) -> Any:
    # A key may be left out, but never be left empty: the schema must not offer null.
    if isinstance(part, list):
        return [_without_null(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _without_null(value) for key, value in part.items() if (key, value) != ("default", None)}
    choices = kept.pop("anyOf", [])
    for choice in choices:
        if choice != {"type": "null"}:
            kept |= choice
    return kept
