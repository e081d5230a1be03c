"""Remembers each proof until its age alone refuses it."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from broker.credentials.dpop.tables import dpop_proofs
from broker.store import Transaction
from broker.verify.dpop import DpopProof


def use_up(tx: Transaction, proof: DpopProof) -> bool:
    """Whether the proof was never used before; of several at once exactly one hears yes."""
    # Forgetting as it remembers keeps the table small without a chore of its own.
    tx.execute(delete(dpop_proofs).where(dpop_proofs.c.worthless_from <= tx.at))
    seen = select(dpop_proofs.c.digest).where(dpop_proofs.c.digest == proof.digest)
    if tx.one_or_none(seen) is not None:
        return False
    tx.execute(insert(dpop_proofs).values(digest=proof.digest, worthless_from=proof.worthless_from))
    return True
