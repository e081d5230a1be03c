"""A token like the broker's, and whatever a test wants changed about it."""

from __future__ import annotations

from typing import Any

from tests.vectors.token_signer import Segment, Signer, elliptic, okp, rsa_2048

NOW = 1_772_366_400
ISSUER, AUDIENCE = "https://broker.example", "https://portal.example/api"
URL = "https://portal.example/api/records/7"
OKP, EC, RSA = okp(bytes(range(32))), elliptic(1234567), rsa_2048()
THEIRS = okp(bytes(range(32, 64)))
HOLDER, THIEF = elliptic(7654321), elliptic(2222222)

DETAILS = {
    "type": "emergency_access",
    "identifier": "grant_0001",
    "locations": [AUDIENCE],
    "datatypes": ["medications", "allergies"],
    "actions": ["read"],
    "patient": "P-1001",
    "purpose_of_use": "ETREAT",
}
OTHER_DETAILS = {**DETAILS, "patient": "P-1002", "datatypes": ["orders"], "actions": ["read", "write"]}
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "person_0001",
    "aud": AUDIENCE,
    "client_id": "client_0001",
    "iat": NOW - 60,
    "exp": NOW + 240,
    "jti": "token_0001",
    "acr": "urn:example:mfa",
    "amr": ["otp", "mfa"],
    "auth_time": NOW - 300,
    "authorization_details": [DETAILS, OTHER_DETAILS],
}
BOUND = {"cnf": {"jkt": HOLDER.kid}}

Case = dict[str, Any]


def token(by: Signer = OKP, header: Segment | None = None, **changed: Any) -> str:
    return by.sign(header or head(by), without_none({**CLAIMS, **changed}))


def head(by: Signer = OKP, **changed: Any) -> dict[str, Any]:
    return without_none({"alg": by.alg, "kid": by.kid, "typ": "at+jwt", **changed})


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def case(name: str, text: str, expect: str, scheme: str = "Bearer ", **more: Any) -> Case:
    return {"name": name, "authorization": scheme + text, "proofs": [], "expect": expect, **more}
