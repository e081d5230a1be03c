"""An access token as the broker remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broker.keyring.signing_keys import SigningKeys
from broker.ledger.chain import Ledger


@dataclass(frozen=True)
class Mint:
    """What issuing and checking tokens works with. ``issuer`` is the broker's own address (RFC 8414)."""

    issuer: str
    keys: SigningKeys
    ledger: Ledger


@dataclass(frozen=True)
class AccessToken:
    """One row. ``person_id`` is None for software that acts for itself; instants are UTC, whole seconds.

    ``jkt`` is the thumbprint of the key it is bound to (RFC 9449), None for a bearer token;
    ``actor`` the client that acts for the person where a token exchange made it (RFC 8693).
    """

    jti: str
    client_id: str
    audience: str
    person_id: str | None
    grant_id: str | None
    scopes: frozenset[str]
    authorization_details: tuple[Mapping[str, Any], ...]
    acr: str | None
    amr: tuple[str, ...]
    auth_time: datetime | None
    jkt: str | None
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    actor: str | None = None


@dataclass(frozen=True)
class Issued:
    """``text`` goes to the client and is kept nowhere."""

    text: str = field(repr=False)
    token: AccessToken

    @property
    def expires_in(self) -> int:
        """Whole seconds, for the token endpoint's answer: exactly ``exp`` less ``iat``."""
        return int((self.token.expires_at - self.token.issued_at).total_seconds())
