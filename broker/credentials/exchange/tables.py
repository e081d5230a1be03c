"""Whose word is taken for who a person is, and what those issuers call people."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from broker.store import UTCDateTime, metadata

trusted_issuers = Table(
    "trusted_issuers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("issuer", String(255), nullable=False),
    # The one piece of software that may hand in this issuer's tokens.
    Column("client_id", ForeignKey("clients.id"), nullable=False),
    Column("audience", String(255), nullable=False),
    # Exactly one of the two is set.
    Column("jwks_url", String(500)),
    Column("jwks", JSON(none_as_null=True)),
    Column("allow_private", Boolean, nullable=False),
    Column("person_claim", String(60), nullable=False),
    Column("max_age_s", Integer, nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("removed_at", UTCDateTime),
    UniqueConstraint("issuer", "client_id"),
)

# What an issuer calls a person, where it does not name them by a verified email.
issuer_people = Table(
    "issuer_people",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("called", String(255), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("linked_at", UTCDateTime, nullable=False),
)
