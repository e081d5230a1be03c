"""Where a site differs from the broker's records at this moment; what went by is in the ledger."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from broker.store import UTCDateTime, metadata

drifts = Table(
    "drifts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("kind", String(30), nullable=False),
    # A grant, an account, or nothing where it is the site itself.
    Column("subject", String(200), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("proposal", Text, nullable=False),
    Column("grant_id", String(40)),
    Column("found_at", UTCDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("fault", Text),
    # Two who look at once write it once.
    UniqueConstraint("site_id", "kind", "subject"),
)
