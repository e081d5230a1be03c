"""An authenticator in software: what a real one does, and, on demand, what it must never get away with."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as text

ORIGIN = "https://broker.clinic.example"
PARTY = "broker.clinic.example"
UP, UV, AT = 0x01, 0x04, 0x40


@dataclass
class SoftPasskey:
    """One credential on one device. Each answer takes ``options`` as the browser got them, as JSON."""

    origin: str = ORIGIN
    party: str = PARTY
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: str = ""

    def make(self, options: str, *, flags: int = UP | UV) -> str:
        """Answers ``navigator.credentials.create``."""
        asked = json.loads(options)
        self.user = asked["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        about = (
            bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        )
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(flags | AT) + about}
        return self._said(
            {
                "clientDataJSON": text(self._client("webauthn.create", asked["challenge"])),
                "attestationObject": text(cbor2.dumps(attested)),
                "transports": ["internal"],
            }
        )

    def answer(self, options: str, *, flags: int = UP | UV, count: int = 1, **changes: Any) -> str:
        """Answers ``navigator.credentials.get``; ``changes`` are written over what the browser would have said."""
        self.counter += count
        client = self._client("webauthn.get", json.loads(options)["challenge"], **changes)
        data = self._data(flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._said(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": self.user,
            }
        )

    def _client(self, kind: str, asked: str, **changes: Any) -> bytes:
        said = {"type": kind, "challenge": asked, "origin": self.origin, "crossOrigin": False, **changes}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.party.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _said(self, response: dict[str, Any]) -> str:
        own = text(self.credential_id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})
