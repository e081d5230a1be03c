"""Links handed out, and the viewings they were exchanged for."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from broker.store import UTCDateTime, metadata

links = Table(
    "links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("grant_id", String(40), nullable=False, index=True),
    Column("person_id", String(40), nullable=False),
    Column("holding_id", String(40), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("exchanged_at", UTCDateTime),
)

viewings = Table(
    "viewings",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    Column("link_id", ForeignKey("links.id"), nullable=False, unique=True),
    Column("grant_id", String(40), nullable=False, index=True),
    Column("person_id", String(40), nullable=False),
    Column("holding_id", String(40), nullable=False),
    Column("opened_at", UTCDateTime, nullable=False),
)
