"""The entries, the one row that says where the chain ends, and hashes of whole stretches of it.

``body`` is the record; every other column is an index on it, checked against it
by the verifier. A subtree's hash can be made again from the digests: it is kept
so that a proof need not read the whole ledger.
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

from broker.ledger.triggers import install_statements, subtree_guard_statements
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

# The complete subtree over 2**level entries, level a multiple of 8, that is number ``place`` of its level, from 0.
ledger_subtrees = Table(
    "ledger_subtrees",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", _SEQ, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
)


@event.listens_for(ledger_head, "after_create")
def _guard(_table: Table, connection: Connection, **_options: Any) -> None:
    for statement in install_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


@event.listens_for(ledger_subtrees, "after_create")
def _guard_subtrees(_table: Table, connection: Connection, **_options: Any) -> None:
    for statement in subtree_guard_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
