"""A small ledger with two grants in it, and receipts made of it, without a database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.ledger.body import EMPTY_DIGEST, compose, leaf_digest
from broker.ledger.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from broker.ledger.entry import Entry
from broker.ledger.exporting.receipt import About, Signed, build_receipt
from broker.ledger.merkle.tree import CompactRange, fold
from broker.ledger.signing.cosign import WitnessKey, cosign
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import open_note, with_signature

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = SigningKey("broker.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_KEY = SigningKey("broker.example/ledger", Ed25519PrivateKey.from_private_bytes(b"\1" * 32))
WITNESS = WitnessKey("witness.example/one", Ed25519PrivateKey.from_private_bytes(b"\2" * 32))
ABOUT = About("grant_mine", "request_mine")

_STEPS = (
    ("request.asked", {"entitlement": "record", "minutes": 30, "path": "break_glass", "purpose": "BTG"}),
    ("request.broke_glass", {"policy": "ab" * 32}),
    ("grant.issued", {}),
    ("grant.active", {}),
    ("grant.revoking", {"cause": "handed_back"}),
    ("grant.revoked", {"read_back": "gone"}),
)


@dataclass(frozen=True)
class SmallLedger:
    """Bodies in order; mine are those of ABOUT, every other one is of somebody else's grant."""

    bodies: list[str]

    @property
    def leaves(self) -> list[bytes]:
        return [bytes.fromhex(leaf_digest(body.encode())) for body in self.bodies]

    @property
    def mine(self) -> list[tuple[int, str]]:
        return [(seq, body) for seq, body in enumerate(self.bodies, 1) if '_mine"' in body]

    def hash_at(self, level: int, index: int) -> bytes:
        return fold(self.leaves[index << level : (index + 1) << level])

    def checkpoint(self, size: int) -> Checkpoint:
        tree = CompactRange()
        for leaf in self.leaves[:size]:
            tree.append(leaf)
        return Checkpoint(size, tree.root(), NOON + timedelta(minutes=1))

    def note(self, size: int, key: SigningKey = KEY) -> str:
        return sign_checkpoint(key, self.checkpoint(size))

    def receipt(self, size: int | None = None, *, witnessed: bool = False) -> dict[str, Any]:
        size = len(self.bodies) if size is None else size
        note = self.note(size)
        if witnessed:
            note = with_signature(note, cosign(WITNESS, open_note(note, KEY.public), NOON))
        return build_receipt(ABOUT, Signed(note, self.checkpoint(size), KEY.public), self, self.mine)


def small_ledger(about: About = ABOUT) -> SmallLedger:
    """Each step of the grant, and after each a step of another one."""
    bodies: list[str] = []
    previous = EMPTY_DIGEST
    for number, (event, facts) in enumerate(_STEPS):
        grant = about.grant if event.startswith("grant") else None
        for entry in (
            Entry(event, "person_a", about.request, grant, "person_a", facts),
            Entry("grant.active", "broker", "request_theirs", "grant_theirs", "person_b"),
        ):
            at = NOON + timedelta(seconds=number)
            body = compose(entry, len(bodies) + 1, at, previous)
            previous = leaf_digest(body)
            bodies.append(body.decode())
    return SmallLedger(bodies)


def encoded(receipt: dict[str, Any]) -> bytes:
    """As a file. Half a character, which UTF-8 has no bytes for, is written as an escape."""
    return json.dumps(receipt, indent=1).encode()
