"""Who is told of the ledger's steps, how far each has come, and what one of them would not take."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from broker.store import UTCDateTime, metadata

_WHOLE = BigInteger().with_variant(Integer, "sqlite")

feeds = Table(
    "feeds",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("format", String(16), nullable=False),
    Column("target", String(500), nullable=False),
    # What of it is no secret: events, patients, certificates to believe, what to do with a refused entry.
    Column("terms", JSON, nullable=False),
    Column("secrets", LargeBinary),
    Column("added_at", UTCDateTime, nullable=False),
    Column("removed_at", UTCDateTime),
    Column("paused_at", UTCDateTime),
    # The last entry the receiver has, those that are not for it included.
    Column("delivered_seq", _WHOLE, nullable=False),
    Column("delivered_at", UTCDateTime),
    Column("claimed_until", UTCDateTime),
    Column("next_try_at", UTCDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("fault", String(300)),
    # The entry it refuses, while nothing behind it is sent; and how often it did.
    Column("refused_seq", _WHOLE),
    Column("refusals", Integer, nullable=False),
)

feed_gaps = Table(
    "feed_gaps",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("seq", _WHOLE, primary_key=True, autoincrement=False),
    Column("skipped_at", UTCDateTime, nullable=False),
    # A person, or the broker where the feed's terms say so.
    Column("skipped_by", String(200), nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("fault", String(300), nullable=False),
)
