"""Software that may ask for tokens, and how it proves who it is."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table

from broker.store import UTCDateTime, metadata

clients = Table(
    "clients",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("auth_method", String(30), nullable=False),
    Column("redirect_uris", JSON, nullable=False),
    Column("grant_types", JSON, nullable=False),
    Column("scopes", JSON, nullable=False),
    # Set for a resource server: tokens for this audience are what it may ask about.
    Column("audience", String(255), index=True),
    Column("dpop_required", Boolean, nullable=False),
    # Public keys of one that signs its own assertions.
    Column("jwks", JSON(none_as_null=True)),
    Column("added_at", UTCDateTime, nullable=False),
    Column("disabled_at", UTCDateTime),
)

client_secrets = Table(
    "client_secrets",
    metadata,
    # The secret itself is nowhere.
    Column("sha256", String(64), primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=False, index=True),
    Column("made_at", UTCDateTime, nullable=False),
    # Set when a newer one takes its place.
    Column("ends_at", UTCDateTime),
)

# Assertions that were used: one works once.
client_assertions = Table(
    "client_assertions",
    metadata,
    Column("client_id", ForeignKey("clients.id"), primary_key=True),
    Column("jti_sha256", String(64), primary_key=True),
    Column("expires_at", UTCDateTime, nullable=False),
    Index("ix_client_assertions_expires_at", "expires_at"),
)
