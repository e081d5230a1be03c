"""The outbox: every message from the commit that made it necessary until it was sent or given up."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from broker.store import UTCDateTime, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("event", String(64), nullable=False),
    Column("ledger_seq", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("recipient_id", ForeignKey("people.id"), nullable=False),
    # As it was when the message was written, so that the page shows where it really went.
    Column("address", String(254), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body_text", Text, nullable=False),
    Column("body_html", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    # Also the claim: whoever sends a message first moves this past the time sending can take.
    Column("next_try_at", UTCDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_at", UTCDateTime),
    Column("dead_at", UTCDateTime),
    Column("last_fault", String(300)),
    # One entry of the ledger is told to one person once.
    UniqueConstraint("ledger_seq", "recipient_id", "channel"),
    Index("ix_outbox_sent_at_dead_at_next_try_at", "sent_at", "dead_at", "next_try_at"),
)
