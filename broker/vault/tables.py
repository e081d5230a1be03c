"""What the broker must remember of each sealed file to open it again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from broker.store import UTCDateTime, metadata

vault_objects = Table(
    "vault_objects",
    metadata,
    Column("holding_id", ForeignKey("holdings.id"), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("header_sha256", String(64), nullable=False),
    Column("key_id", String(64), nullable=False, index=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("wrapped_at", UTCDateTime, nullable=False),
)
