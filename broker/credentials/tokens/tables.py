"""The tokens that were issued: what each says and whether it was taken back, never the token itself."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, String, Table

from broker.store import UTCDateTime, metadata

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("jti", String(40), primary_key=True),
    Column("client_id", String(40), nullable=False),
    Column("audience", String(255), nullable=False),
    Column("person_id", String(40)),
    Column("grant_id", String(40)),
    Column("scopes", JSON, nullable=False),
    Column("authorization_details", JSON, nullable=False),
    Column("acr", String(100)),
    Column("amr", JSON, nullable=False),
    Column("auth_time", UTCDateTime),
    Column("jkt", String(64)),
    # The client that acts for the person, where a token exchange made it (RFC 8693).
    Column("actor", String(40)),
    Column("issued_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
    Index("ix_access_tokens_grant_id_expires_at", "grant_id", "expires_at"),
    Index("ix_access_tokens_client_id_expires_at", "client_id", "expires_at"),
    Index("ix_access_tokens_expires_at", "expires_at"),
)
