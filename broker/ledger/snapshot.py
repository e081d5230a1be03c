"""Reads the whole ledger from the database as it lies there, for the verifier and the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, LargeBinary, Select, String, cast, func, select, type_coerce
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.elements import ColumnElement

from broker.ledger.tables import ledger_entries, ledger_head
from broker.ledger.verifying.faults import StoredHead
from broker.ledger.verifying.verify import StoredEntry
from broker.store import Store

PAGE = 5_000


@dataclass(frozen=True)
class Snapshot:
    """The ledger at one instant; writers go on meanwhile and are not seen."""

    connection: Connection

    def head(self) -> StoredHead | None:
        """Where the database says the ledger ends; None when that row is gone or damaged."""
        at = _instant(self.connection, ledger_head.c.at)
        rows = self._all(select(ledger_head.c.seq, ledger_head.c.digest, at))
        if len(rows) != 1 or not isinstance(rows[0][0], int):
            return None
        return StoredHead(rows[0][0], rows[0][1], rows[0][2])

    def entries(self, after: int = 0) -> Iterator[StoredEntry]:
        """Every entry with a seq greater than ``after``, in order, a page of them in memory at a time."""
        query = _query(self.connection)
        while rows := self._all(query.where(ledger_entries.c.seq > after).limit(PAGE)):
            for row in rows:
                yield StoredEntry(row[:8], row[8], _bytes(row[9]))
            after = rows[-1][0]

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        try:
            return self.connection.execute(query).all()
        except OperationalError:
            if self.connection.dialect.name != "sqlite":
                raise
        # A damaged column need not be UTF-8 any more; it must be told as damaged, not stop the reading.
        with _lenient(self.connection.connection.driver_connection):
            return self.connection.execute(query).all()


@contextmanager
def snapshot(store: Store) -> Iterator[Snapshot]:
    """One consistent look at the whole ledger. Raises Unavailable when the store cannot be read."""
    with store.read() as reader:
        if reader.connection.dialect.name == "postgresql":
            reader.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Snapshot(reader.connection)


def _query(connection: Connection) -> Select[Any]:
    table = ledger_entries.c
    ids = (table.actor_id, table.request_id, table.grant_id, table.subject_id)
    # SQLite would otherwise decode a body before we could hash it.
    body = cast(table.body, LargeBinary) if connection.dialect.name == "sqlite" else table.body
    at = _instant(connection, table.at)
    return select(table.seq, at, table.event, *ids, table.previous, table.digest, body).order_by(table.seq)


def _instant(connection: Connection, at: ColumnElement[Any]) -> ColumnElement[Any]:
    """``at`` in a body's form, made by the database, so that a damaged one is compared and not parsed."""
    if connection.dialect.name == "sqlite":
        return func.replace(type_coerce(at, String), " ", "T").concat("Z")
    return func.to_char(func.timezone("UTC", at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"', type_=String)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode(errors="surrogateescape")


@contextmanager
def _lenient(driver: Any) -> Iterator[None]:
    usual = driver.text_factory
    driver.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = usual
