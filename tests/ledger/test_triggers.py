from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from broker.errors import ConfigurationError
from broker.ledger.snapshot import snapshot
from broker.ledger.triggers import guard_statements, install_statements, missing_guards, unguard_statements
from broker.ledger.verifying.verify import verify
from broker.store import Store

COLUMNS = "seq, at, event, actor_id, previous, digest, body"


def copied(seq: str) -> str:
    """Values that would be an entry at ``seq``, made from the second one."""
    return f"SELECT {seq}, at, event, actor_id, previous, digest, body FROM ledger_entries WHERE seq = 2"


REFUSED = [
    "UPDATE ledger_entries SET event = 'x' WHERE seq = 1",
    "UPDATE ledger_entries SET body = body",
    "DELETE FROM ledger_entries WHERE seq = 3",
    "DELETE FROM ledger_entries",
    f"INSERT INTO ledger_entries ({COLUMNS}) {copied('5')}",
    f"INSERT INTO ledger_entries ({COLUMNS}) {copied('0')}",
    f"INSERT INTO ledger_entries ({COLUMNS}) {copied('2')}",
    f"INSERT INTO ledger_entries ({COLUMNS}) {copied('4')}",
    f"INSERT INTO ledger_entries ({COLUMNS}) {copied('2')} ON CONFLICT (seq) DO UPDATE SET event = 'x'",
    "UPDATE ledger_head SET seq = 2",
    "UPDATE ledger_head SET seq = 4",
    "UPDATE ledger_head SET digest = 'x'",
    "UPDATE ledger_head SET at = '2020-01-01 00:00:00.000000'",
    "UPDATE ledger_head SET id = 2",
    "DELETE FROM ledger_head",
    "INSERT INTO ledger_head (id, seq, digest, at) SELECT 2, seq, digest, at FROM ledger_head",
]
REFUSED_ON_SQLITE = [
    f"INSERT OR REPLACE INTO ledger_entries ({COLUMNS}) {copied('2')}",
    f"INSERT OR IGNORE INTO ledger_entries ({COLUMNS}) {copied('9')}",
    f"REPLACE INTO ledger_entries ({COLUMNS}) {copied('3')}",
    f"INSERT INTO ledger_entries ({COLUMNS}) {copied('NULL')}",
    "UPDATE OR REPLACE ledger_entries SET seq = 1 WHERE seq = 2",
    "UPDATE OR IGNORE ledger_entries SET event = 'x'",
    "INSERT OR REPLACE INTO ledger_head (id, seq, digest, at) VALUES (1, 1, 'x', '2020-01-01')",
]
REFUSED_ON_POSTGRESQL = ["TRUNCATE ledger_entries", "TRUNCATE ledger_head"]


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    with store.write() as tx:
        yield tx.connection


def whole(store: Store) -> bool:
    with snapshot(store) as look:
        report = verify(look.entries(), stored_head=look.head())
    return report.ok and report.entries == 3


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_to_change_the_past(any_store: Store, append: Callable, statement: str) -> None:
    """No statement changes, removes, doubles or skips an entry, or moves the head elsewhere."""
    append(any_store, 3)
    with pytest.raises(IntegrityError), writing(any_store) as connection:
        connection.exec_driver_sql(statement)
    assert whole(any_store)


@pytest.mark.parametrize("statement", REFUSED_ON_POSTGRESQL)
def test_postgresql_refuses_to_empty_the_ledger(
    postgresql_store: Store, append: Callable, statement: str
) -> None:
    """TRUNCATE, which fires no row triggers, has one of its own."""
    append(postgresql_store, 3)
    with pytest.raises(DBAPIError), writing(postgresql_store) as connection:
        connection.exec_driver_sql(statement)
    assert whole(postgresql_store)


@pytest.mark.parametrize("statement", REFUSED + REFUSED_ON_SQLITE)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_refuses_whatever_the_connection_settings(
    store: Store, append: Callable, statement: str, recursive: str
) -> None:
    """A foreign connection, with recursive triggers off and REPLACE in hand, gets no further."""
    append(store, 3)
    foreign = sqlite3.connect(store.engine.url.database or "", isolation_level=None)
    foreign.execute(f"PRAGMA recursive_triggers={recursive}")
    with pytest.raises(sqlite3.IntegrityError):
        foreign.execute(statement)
    foreign.close()
    assert whole(store)


def test_an_entry_without_its_head_is_the_last_one_taken(store: Store, append: Callable) -> None:
    """Whoever inserts a fitting entry but leaves the head is found by the check."""
    append(store, 3)
    with writing(store) as connection:
        connection.exec_driver_sql(
            f"INSERT INTO ledger_entries ({COLUMNS}) SELECT 4, e.at, event, actor_id, h.digest, 'x', '{{}}' "
            "FROM ledger_entries e, ledger_head h WHERE e.seq = 3"
        )
    assert not whole(store)


@pytest.mark.parametrize(
    ("entry_at", "head_at", "digest"),
    [("12:00:04", "12:00:05", "d"), ("12:00:04", "12:00:04", "x"), ("12:00:02", "12:00:02", "d")],
)
def test_the_head_moves_only_to_the_new_entry(
    any_store: Store, append: Callable, entry_at: str, head_at: str, digest: str
) -> None:
    """Another time or digest than the entry's is refused, and so is an entry older than the last."""
    append(any_store, 3)
    zone = "" if any_store.engine.dialect.name == "sqlite" else "+00"
    with writing(any_store) as connection:
        connection.exec_driver_sql(
            f"INSERT INTO ledger_entries ({COLUMNS}) SELECT 4, '2026-03-01 {entry_at}.000000{zone}', event, actor_id, "
            "h.digest, 'd', '{}' FROM ledger_entries e, ledger_head h WHERE e.seq = 3"
        )
    with pytest.raises(IntegrityError), writing(any_store) as connection:
        connection.exec_driver_sql(
            f"UPDATE ledger_head SET seq = 4, at = '2026-03-01 {head_at}.000000{zone}', digest = '{digest}'"
        )


def test_missing_guards_are_named(any_store: Store) -> None:
    """Nothing is missing at first; what an owner dropped is named; a migration can put it back."""
    name = any_store.engine.dialect.name
    with writing(any_store) as connection:
        assert missing_guards(connection) == []
        for statement in unguard_statements(name):
            connection.exec_driver_sql(statement)
        assert "ledger_entries_no_delete" in missing_guards(connection)
        for statement in guard_statements(name):
            connection.exec_driver_sql(statement)
        assert missing_guards(connection) == []


def test_another_database_is_refused() -> None:
    """A dialect nobody wrote triggers for is an error at once."""
    with pytest.raises(ConfigurationError):
        install_statements("mysql")
