"""Who asked to begin anew, from which browser, and who vouched."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from broker.store import UTCDateTime, metadata

factor_resets = Table(
    "factor_resets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # SHA-256 of what the cookie of the one browser holds that may set up anew.
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("reason", String(300), nullable=False),
    Column("device", String(120), nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("lapses_at", UTCDateTime, nullable=False),
    Column("wrong_codes", Integer, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", UTCDateTime),
    Column("open_until", UTCDateTime),
    Column("closed_at", UTCDateTime),
    Index("ix_factor_resets_state_lapses_at", "state", "lapses_at"),
    Index("ix_factor_resets_person_id_state", "person_id", "state"),
)
