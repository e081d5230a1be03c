"""Proofs used up."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from broker.store import UTCDateTime, metadata

dpop_proofs = Table(
    "dpop_proofs",
    metadata,
    # SHA-256 of the key's thumbprint and the proof's own id.
    Column("digest", String(64), primary_key=True),
    Column("worthless_from", UTCDateTime, nullable=False, index=True),
)
