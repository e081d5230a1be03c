"""Passkeys, and challenges that were answered."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from broker.store import UTCDateTime, metadata

_WHOLE = BigInteger().with_variant(Integer(), "sqlite")

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # SHA-256 of the credential's own id, which may be too long for an index.
    Column("credential_digest", String(64), nullable=False, unique=True),
    Column("credential_id", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    # Keyed digest over whose key it is: a row that somebody put in or changed opens nothing.
    Column("mark", String(64), nullable=False),
    Column("sign_count", _WHOLE, nullable=False),
    Column("transports", JSON, nullable=False),
    Column("aaguid", String(36), nullable=False),
    Column("name", String(60), nullable=False),
    Column("backed_up", Boolean, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("last_used_at", UTCDateTime),
    Column("removed_at", UTCDateTime),
    Index("ix_passkeys_person_id_removed_at", "person_id", "removed_at"),
)

used_challenges = Table(
    "used_challenges",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("used_at", UTCDateTime, nullable=False, index=True),
)
