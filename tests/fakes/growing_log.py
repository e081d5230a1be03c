"""A ledger small enough to keep in memory: it signs what it is told to, a fork too."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.ledger.merkle.proofs import consistency_proof, root_of
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import sign_note
from broker.witness.submission import write_submission

ORIGIN = "broker.example/ledger"


def key_of(name: str = ORIGIN, seed: int = 7) -> SigningKey:
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def leaf(text: object) -> bytes:
    return hashlib.sha256(b"\x00" + str(text).encode()).digest()


@dataclass(frozen=True)
class Leaves:
    """Complete subtrees, computed anew each time."""

    leaves: Sequence[bytes]

    def hash_at(self, level: int, index: int) -> bytes:
        if level == 0:
            return self.leaves[index]
        left, right = self.hash_at(level - 1, 2 * index), self.hash_at(level - 1, 2 * index + 1)
        return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class GrowingLog:
    """``history`` names its entries; two logs with different ones are forks of each other."""

    history: list[str] = field(default_factory=list)
    key: SigningKey = field(default_factory=key_of)

    @classmethod
    def of(cls, size: int, branch: str = "") -> GrowingLog:
        return cls([f"{branch}{number}" for number in range(size)])

    @property
    def nodes(self) -> Leaves:
        return Leaves([leaf(each) for each in self.history])

    def text(self, size: int) -> str:
        root = base64.b64encode(root_of(self.nodes, size)).decode()
        return f"{self.key.name}\n{size}\n{root}\n"

    def note(self, size: int) -> str:
        return sign_note(self.text(size), self.key)

    def proof(self, old: int, new: int) -> list[bytes]:
        return consistency_proof(self.nodes, old, new)

    def body(self, old: int, new: int) -> bytes:
        """What an honest broker sends to a witness that saw ``old`` entries."""
        return write_submission(old, self.proof(old, new), self.note(new))
