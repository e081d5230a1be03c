"""A grant's receipt: its entries, the proof that each is in the ledger, and the checkpoint they lead to.

One JSON file that is checked alone, with the ledger's public key; see
broker.ledger.verifying.receipt and docs/receipts.md.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker.errors import Unavailable
from broker.ledger.body import leaf_digest
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.merkle.check import ProofRefused, check_inclusion
from broker.ledger.merkle.proofs import Nodes, inclusion_proof
from broker.ledger.signing.keys import PublicKey

FORMAT: Final = "broker-receipt/1"


@dataclass(frozen=True)
class About:
    """Whose receipt it is: a grant, and the request it came from."""

    grant: str
    request: str


@dataclass(frozen=True)
class Signed:
    """A checkpoint, the note it was read from with every signature on it, and the key that signed it."""

    note: str
    checkpoint: Checkpoint
    key: PublicKey


def build_receipt(
    about: About, signed: Signed, nodes: Nodes, entries: Sequence[tuple[int, str]]
) -> dict[str, Any]:
    """The receipt as JSON values; ``entries`` are each one's seq and body, oldest first.

    Entries after the checkpoint stand under ``later``, without a proof. Raises
    Unavailable when the ledger no longer fits its own checkpoint.
    """
    size = signed.checkpoint.size
    return {
        "format": FORMAT,
        "grant": about.grant,
        "request": about.request,
        "key": signed.key.vkey,
        "checkpoint": signed.note,
        "entries": [_proved(signed, nodes, seq, body) for seq, body in entries if seq <= size],
        "later": [body for seq, body in entries if seq > size],
    }


def receipt_text(receipt: dict[str, Any]) -> str:
    """The file's content."""
    return json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"


def _proved(signed: Signed, nodes: Nodes, seq: int, body: str) -> dict[str, Any]:
    checkpoint, leaf = signed.checkpoint, bytes.fromhex(leaf_digest(body.encode()))
    proof = inclusion_proof(nodes, seq - 1, checkpoint.size)
    try:
        check_inclusion(leaf, seq - 1, checkpoint.size, proof, checkpoint.root)
    except ProofRefused as error:
        raise Unavailable(
            "The ledger does not fit its own checkpoint, so there is no receipt.",
            help="Run: broker audit verify. Call security.",
        ) from error
    return {"body": body, "proof": [base64.b64encode(each).decode() for each in proof]}
