"""Which records of the spool are written down already, so that none is twice."""

from sqlalchemy import Column, String, Table

from broker.store import UTCDateTime, metadata

late_records = Table(
    "late_records",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("about", String(40), nullable=False),
    Column("happened_at", UTCDateTime, nullable=False),
    Column("written_at", UTCDateTime, nullable=False),
)
