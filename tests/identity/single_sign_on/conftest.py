"""Documents as a provider publishes them, and keys to sign rightly and wrongly with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from broker.clock import SettableClock
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.provider.registration import Registration
from broker.identity.single_sign_on.refused import ProviderSilent

ISSUER, CLIENT = "https://id.clinic.example", "broker"
_KEYS: dict[str, Key] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"}),
}
REGISTRATION = Registration(
    issuer=ISSUER,
    client_id=CLIENT,
    secret="a secret for tests only",
    key=None,
    scopes="openid",
    callback="https://broker.example/sso/callback",
    signed_out="https://broker.example/signed-out",
    private_network=False,
)


@dataclass
class Published:
    """What the provider answers; ``calls`` are the addresses that were asked for. ``down`` answers nothing."""

    clock: SettableClock
    keys: dict[str, Key] = field(default_factory=lambda: {**_KEYS})
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: bool = False

    def __post_init__(self) -> None:
        self.documents[f"{ISSUER}/.well-known/openid-configuration"] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "userinfo_endpoint": f"{ISSUER}/me",
        }

    def fetch(self, url: str, bearer: str) -> dict[str, Any]:
        self.calls.append(url)
        if self.down:
            raise ProviderSilent
        if url == f"{ISSUER}/jwks":
            return dict(KeySet(list(self.keys.values())).as_dict(private=False))
        return self.documents[url]

    @property
    def provider(self) -> Provider:
        return Provider(REGISTRATION, self.clock, self.fetch)

    def sign(
        self, claims: dict[str, Any], alg: str = "RS256", *, key: Key | None = None, **header: Any
    ) -> str:
        signing = key or self.keys[alg]
        head = {"alg": alg, "kid": signing.kid, "typ": "JWT", **header}
        head = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(head, claims, signing, algorithms=[alg], default_type=None)


@pytest.fixture
def published(clock: SettableClock) -> Published:
    return Published(clock)


@pytest.fixture
def seconds(clock: SettableClock) -> Callable[[int], int]:
    """Now and so many seconds, as a NumericDate."""
    return lambda later: int(clock.now().timestamp()) + later
