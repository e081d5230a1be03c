"""The signed text inside a link: opaque ids and an end, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from broker.errors import ConfigurationError

SHORTEST_KEY = 32
LONGEST_TOKEN = 1024


@dataclass(frozen=True)
class LinkClaims:
    """What a link says. ``expires`` counts whole seconds since 1970, UTC."""

    link: str
    grant: str
    person: str
    holding: str
    expires: int

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.expires, UTC)


class LinkSigner:
    """Signs with the newest key and accepts every key it has, so keys rotate without dead links."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """``keys`` are oldest first, at least 32 bytes each."""
        if not keys or min(map(len, keys)) < SHORTEST_KEY:
            raise ConfigurationError(
                "The keys that sign links are missing or too short.",
                help=f"Provide at least one key of {SHORTEST_KEY} random bytes.",
            )
        self._serializer = URLSafeSerializer(
            list(keys),
            salt="broker.credentials.link",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    def sign(self, claims: LinkClaims) -> str:
        """URL-safe text."""
        return str(self._serializer.dumps([getattr(claims, field.name) for field in fields(claims)]))

    def read(self, token: str) -> LinkClaims | None:
        """What the token says if this broker signed it, expired or not; else None."""
        if not token.isascii() or len(token) > LONGEST_TOKEN:
            return None
        try:
            link, grant, person, holding, expires = self._serializer.loads(token)
        except (BadData, TypeError, ValueError):
            return None
        return LinkClaims(link, grant, person, holding, expires)
