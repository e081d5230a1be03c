"""A token like the broker's, and whatever a test wants changed about it."""

from __future__ import annotations

from typing import Any

from tests.vectors.token_signer import Segment, Signer, elliptic, okp, rsa_2048

NOW = 1_772_366_400
ISSUER, AUDIENCE = "https://broker.example", "https://portal.example/api"
URL = "https://portal.example/api/records/7"
OKP, EC, RSA = okp(bytes(range(32))), elliptic(1234567), rsa_2048()
BARE, FOR_SECRETS, MISNAMED, LEAKED = (elliptic(secret) for secret in (333, 444, 555, 666))
FIRST, SECOND = elliptic(777), elliptic(888)
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

JWKS = {
    "keys": [
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        {"kty": "EC", "crv": "P-384", "kid": "longer", "x": "A" * 64, "y": "A" * 64},
        {"kty": "OKP", "crv": "X25519", "kid": "another curve", "x": OKP.jwk["x"]},
        *(by.published for by in (OKP, EC, RSA)),
        {**BARE.jwk, "kid": BARE.kid},
        {**FOR_SECRETS.published, "use": "enc"},
        {**MISNAMED.published, "alg": "RS256"},
        {**LEAKED.published, **LEAKED.private},
        {**FIRST.published, "kid": "twice"},
        {**SECOND.published, "kid": "twice"},
        {name: value for name, value in THEIRS.published.items() if name != "kid"},
    ]
}

Case = dict[str, Any]


def token(by: Signer = OKP, header: Segment | None = None, **changed: Any) -> str:
    return by.sign(header or head(by), without_none({**CLAIMS, **changed}))


def head(by: Signer = OKP, **changed: Any) -> dict[str, Any]:
    return without_none({"alg": by.alg, "kid": by.kid, "typ": "at+jwt", **changed})


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def case(name: str, text: str, expect: str, scheme: str = "Bearer ", **more: Any) -> Case:
    return {"name": name, "authorization": scheme + text, "proofs": [], "expect": expect, **more}
