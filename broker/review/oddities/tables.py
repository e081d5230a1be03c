"""What looked odd when it was last looked for, and keyed marks by which kinship is noticed."""

from sqlalchemy import JSON, Column, Index, String, Table, UniqueConstraint

from broker.store import UTCDateTime, metadata

# Derived from everything else: may be emptied at any time, and is found again.
oddities = Table(
    "oddities",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("signal", String(30), nullable=False),
    Column("person_id", String(40), nullable=False),
    # The other of a pair; empty where there is none.
    Column("other_id", String(40), nullable=False),
    Column("rows", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("found_at", UTCDateTime, nullable=False),
    Column("newest_at", UTCDateTime, nullable=False),
    # How far was looked: what came later is new.
    Column("looked_at", UTCDateTime),
    Column("looked_by", String(40)),
    UniqueConstraint("signal", "person_id", "other_id"),
    Index("ix_oddities_looked_at_newest_at", "looked_at", "newest_at"),
)

# Names and addresses are never kept, only what a key of the broker's makes of them.
kin_marks = Table(
    "kin_marks",
    metadata,
    # A person's id or a patient's.
    Column("about", String(40), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Index("ix_kin_marks_mark", "mark"),
)
