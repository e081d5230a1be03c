"""Signs whatever it is given, with keys that are public knowledge: so that anybody can make the same vectors."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

_P = int(
    "e258583b72990023a2296ce62a074e48d6319b13776b763c476403a519db1e0a"
    "fddae77f615cd4eefbeb085cc0d85f249e6f2c34510f5f3d51a2bf4b9ad2df29"
    "e5c23ded8bfafaf5ae1118462ea54ab52548dd9162abc9210a9206958c8b1ff4"
    "429ea41a1e244eb833972e9585006d4a46ff9e7336c7bba025a772e67aae1579",
    16,
)
_Q = int(
    "c5cd51b2f746ad47b830a437266b228d1ead42ea010fa60efb549d461287789a"
    "28fdb85eeb3f1b1be946f2a7d66946775ef47fd2c7168ef7f100515fce112484"
    "8180edd05284ce6e6efc47832edfbc75bfd675a9c5ef81f583018b038c633c0f"
    "c4ff2448dde1923b033483ce152d2b030b16fc53f706785cc25798d8ed1d0289",
    16,
)

Segment = Mapping[str, Any] | str


@dataclass(frozen=True)
class Signer:
    """``jwk`` is public; ``private`` adds to it what must never be shown."""

    alg: str
    jwk: dict[str, str]
    key: Any
    private: dict[str, str]

    @property
    def kid(self) -> str:
        members = {"RSA": ("e", "n"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}[self.jwk["kty"]]
        canonical = {name: self.jwk[name] for name in ("kty", *members)}
        return b64(
            hashlib.sha256(json.dumps(canonical, sort_keys=True, separators=(",", ":")).encode()).digest()
        )

    @property
    def published(self) -> dict[str, str]:
        return {**self.jwk, "kid": self.kid, "alg": self.alg, "use": "sig"}

    def sign(self, header: Segment, claims: Segment) -> str:
        """``header`` and ``claims`` as maps, or as the very text to be signed."""
        signed = f"{segment(header)}.{segment(claims)}"
        return f"{signed}.{b64(self.signature(signed.encode()))}"

    def signature(self, message: bytes, *, der: bool = False) -> bytes:
        if self.alg == "Ed25519":
            return self.key.sign(message)
        if self.alg == "RS256":
            return self.key.sign(message, padding.PKCS1v15(), SHA256())
        found = self.key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
        return found if der else b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(found))


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def segment(value: Segment) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), sort_keys=True)
    # Half a surrogate pair must come through, for a test of just that.
    return b64(text.encode("utf-8", "surrogatepass"))


def okp(seed: bytes) -> Signer:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key().public_bytes_raw())}
    return Signer("Ed25519", jwk, key, {"d": b64(seed)})


def elliptic(secret: int) -> Signer:
    key = ec.derive_private_key(secret, ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    x, y = (b64(each.to_bytes(32, "big")) for each in (numbers.x, numbers.y))
    return Signer(
        "ES256", {"kty": "EC", "crv": "P-256", "x": x, "y": y}, key, {"d": b64(secret.to_bytes(32, "big"))}
    )


def rsa_2048() -> Signer:
    e, n = 65537, _P * _Q
    d = pow(e, -1, (_P - 1) * (_Q - 1))
    numbers = rsa.RSAPrivateNumbers(
        _P, _Q, d, d % (_P - 1), d % (_Q - 1), pow(_Q, -1, _P), rsa.RSAPublicNumbers(e, n)
    )
    jwk = {"kty": "RSA", "n": number(n), "e": number(e)}
    return Signer("RS256", jwk, numbers.private_key(), {"d": number(d)})
