"""Keys that sign for others: a client's assertions, an issuer's tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from broker.clock import new_id


@dataclass
class Signer:
    kid: str = "one"
    kind: str = "EC"
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        made: dict[str, Any] = {
            "EC": lambda: ECKey.generate_key("P-256", {"kid": self.kid}),
            "OKP": lambda: OKPKey.generate_key("Ed25519", {"kid": self.kid}),
            "RSA": lambda: RSAKey.generate_key(2048, {"kid": self.kid}),
        }
        self.key = made[self.kind]()

    @property
    def alg(self) -> str:
        return {"EC": "ES256", "OKP": "Ed25519", "RSA": "RS256"}[self.kind]

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.public]}

    @property
    def public(self) -> dict[str, Any]:
        return {**self.key.as_dict(private=False), "kid": self.kid}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        said = {"alg": self.alg, "kid": self.kid, **header}
        said = {name: value for name, value in said.items() if value is not None}
        registry = jws.JWSRegistry(algorithms=[self.alg], strict_check_header=False)
        # Escaped as any JSON may be, so that a text nobody could encode gets as far as the broker.
        return jws.serialize_compact(said, json.dumps(claims).encode(), self.key, registry=registry)


def assertion(client_id: str, audience: Any, now: datetime, **changes: Any) -> dict[str, Any]:
    """The claims of one that is good for a minute; None takes a claim away."""
    usual = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": new_id("assertion"),
        "iat": seconds(now),
        "exp": seconds(now + timedelta(minutes=1)),
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def seconds(at: datetime) -> int:
    return int(at.timestamp())
