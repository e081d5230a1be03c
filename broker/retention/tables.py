"""Legal holds, which keep what would be erased, and what was asked to be erased before its time."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from broker.store import UTCDateTime, metadata

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", String(40), primary_key=True),
    # What is held: everything of one request, grant, patient or person.
    Column("kind", String(20), nullable=False),
    Column("thing_id", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", String(40), nullable=False),
    Column("placed_at", UTCDateTime, nullable=False),
    Column("released_by", String(40)),
    Column("released_at", UTCDateTime),
    Column("release_reason", Text),
    Index("ix_legal_holds_thing_id", "thing_id", "kind"),
    Index("ix_legal_holds_released_at", "released_at", "placed_at"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("thing_id", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_by", String(40), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("closed_by", String(40)),
    Column("closed_at", UTCDateTime),
    Column("erased", Integer),
    Column("held", Integer),
    Index("ix_erasures_state", "state", "asked_at"),
)
