"""Who is told when access ends, and what is still to be told them."""

from __future__ import annotations

from datetime import timedelta

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
    UniqueConstraint,
)

from broker.store import UTCDateTime, metadata

# Nobody listened for so long: then it is given up in sight, and may be sent again by hand.
KEEPS_TRYING = timedelta(days=7)

_WHOLE = BigInteger().with_variant(Integer, "sqlite")

receivers = Table(
    "receivers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("url", String(500), nullable=False),
    # Who the signals are made out to.
    Column("audience", String(300), nullable=False),
    # Only what touches tokens for this audience is told; empty: every end of access.
    Column("concerned_with", String(300), nullable=False),
    Column("authorization", LargeBinary),
    Column("allow_private", Boolean, nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("removed_at", UTCDateTime),
    # Up to here the ledger was held against what is to be told.
    Column("heard_seq", _WHOLE, nullable=False),
    # Whoever calls it first moves this past the time a call can take.
    Column("claimed_until", UTCDateTime),
    Column("failures", Integer, nullable=False),
    Column("next_try_at", UTCDateTime, nullable=False),
    Column("delivered_at", UTCDateTime),
    Column("fault", String(300)),
)

signal_outbox = Table(
    "signal_outbox",
    metadata,
    # The event's jti: sent again it stays the same, and a receiver takes it once.
    Column("id", String(40), primary_key=True),
    Column("receiver_id", ForeignKey("receivers.id"), nullable=False),
    Column("ledger_seq", _WHOLE, nullable=False),
    Column("event", String(30), nullable=False),
    # The grant or the token that is over.
    Column("subject", String(40), nullable=False),
    Column("grant_id", String(40)),
    Column("said", JSON, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("next_try_at", UTCDateTime, nullable=False),
    Column("gives_up_at", UTCDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_at", UTCDateTime),
    Column("dead_at", UTCDateTime),
    Column("last_fault", String(300)),
    UniqueConstraint("receiver_id", "ledger_seq", "event", "subject"),
    Index("ix_signal_outbox_sent_at_dead_at_receiver_id", "sent_at", "dead_at", "receiver_id"),
)
