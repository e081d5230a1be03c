"""The entries, and the one row that says where the chain ends.

``body`` is the record; every other column is an index on it, checked against it
by the verifier.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    event,
)

from broker.ledger.triggers import install_statements
from broker.store import UTCDateTime, metadata

_SEQ = BigInteger().with_variant(Integer, "sqlite")

# No unique column but seq: INSERT OR REPLACE on another one would delete an old row past the triggers.
ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("seq", _SEQ, primary_key=True, autoincrement=False),
    Column("at", UTCDateTime, nullable=False),
    Column("event", String(64), nullable=False),
    Column("actor_id", String(200), nullable=False),
    Column("request_id", String(200)),
    Column("grant_id", String(200)),
    Column("subject_id", String(200)),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_ledger_entries_grant_id", "grant_id", "seq"),
    Index("ix_ledger_entries_request_id", "request_id", "seq"),
    Index("ix_ledger_entries_subject_id", "subject_id", "seq"),
    Index("ix_ledger_entries_event", "event", "at"),
    Index("ix_ledger_entries_at", "at"),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", _SEQ, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
ledger_head.add_is_dependent_on(ledger_entries)


@event.listens_for(ledger_head, "after_create")
def _guard(_table: Table, connection: Connection, **_options: Any) -> None:
    for statement in install_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
