"""Kept questions: our own ids only, as they stand in the address."""

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, UniqueConstraint

from broker.store import UTCDateTime, metadata

history_views = Table(
    "history_views",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("owner_id", String(40), nullable=False),
    Column("name", String(60), nullable=False),
    # The name as it is compared, so that nobody has two that look alike.
    Column("name_key", String(60), nullable=False),
    Column("query", JSON, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("kept_at", UTCDateTime, nullable=False),
    UniqueConstraint("owner_id", "name_key"),
    Index("ix_history_views_shared", "shared"),
)
