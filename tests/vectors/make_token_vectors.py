"""Writes the tokens and proofs that Python and PHP both check: python -m tests.vectors.make_token_vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.vectors.proof_cases import proof_cases
from tests.vectors.sample_token import AUDIENCE, DETAILS, ISSUER, JWKS, NOW, URL, token
from tests.vectors.target_cases import ALIKE, DIFFERENT, NONE
from tests.vectors.token_cases import token_cases

FILE = Path(__file__).with_name("tokens.json")


def allowed() -> list[dict[str, Any]]:
    """What the first valid token opens, and what it does not."""
    asked = [
        ("P-1001", "medications", "read", True),
        ("P-1001", "allergies", "read", True),
        ("P-1002", "orders", "write", True),
        ("P-1001", "medications", "write", False),
        ("P-1001", "orders", "read", False),
        ("P-1002", "medications", "read", False),
        ("P-1003", "medications", "read", False),
        ("", "", "", False),
        ("P-1001", "Medications", "read", False),
    ]
    names = ("patient", "datatype", "action", "allowed")
    return [dict(zip(names, each, strict=True)) for each in asked]


def document() -> dict[str, Any]:
    return {
        "now": NOW,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "method": "GET",
        "url": URL,
        "jwks": JWKS,
        "tokens": list(token_cases()),
        "proofs": list(proof_cases()),
        "targets": {"alike": ALIKE, "different": [*DIFFERENT, *([url, url] for url in NONE)]},
        "allowed": allowed(),
        "elsewhere": token(authorization_details=[{**DETAILS, "locations": ["https://shop.example"]}]),
        "another_kind": token(authorization_details=[{**DETAILS, "type": "payment"}]),
    }


def text() -> str:
    return json.dumps(document(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
