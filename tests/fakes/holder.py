"""Software that holds a key and shows so: proofs of possession (RFC 9449) made by hand."""

from __future__ import annotations

import hashlib
import itertools
from datetime import datetime
from typing import Any

from tests.vectors.token_signer import Signer, b64, elliptic

_SECRETS = itertools.count(10_001)
_IDS = itertools.count(1)


class Holder:
    """Each holds a key of its own, and no two proofs carry the same id."""

    def __init__(self, key: Signer | None = None) -> None:
        self.key = key or elliptic(next(_SECRETS))

    @property
    def jkt(self) -> str:
        return self.key.kid

    def proof(self, method: str, url: str, at: datetime, *, token: str | None = None, **claims: Any) -> str:
        """A proof for this request, made ``at``; ``claims`` such as ``nonce`` are added, None takes one away."""
        said: dict[str, Any] = {"htm": method, "htu": url, "iat": int(at.timestamp())}
        said["jti"] = f"proof-{next(_IDS)}"
        if token is not None:
            said["ath"] = b64(hashlib.sha256(token.encode()).digest())
        said |= claims
        header = {"alg": self.key.alg, "jwk": self.key.jwk, "typ": "dpop+jwt"}
        return self.key.sign(header, {name: value for name, value in said.items() if value is not None})
