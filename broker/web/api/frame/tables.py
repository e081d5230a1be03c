"""Answers that are kept, so that what was asked twice is done once."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from broker.store import UTCDateTime, metadata

kept_answers = Table(
    "kept_answers",
    metadata,
    # Who asked, and the digest of the key they sent with it.
    Column("caller", String(100), primary_key=True),
    Column("key_digest", String(64), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False, index=True),
    # NULL while it is being answered.
    Column("sealed", LargeBinary),
)
