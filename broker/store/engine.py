"""Opens the database the way the broker relies on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from broker.errors import ConfigurationError

BUSY_TIMEOUT_MS = 5_000
# "brok" in ASCII: any number will do that every node of this broker uses and nobody else in its database.
_WRITERS = 0x62726F6B
_ALONE = f"SELECT set_config('lock_timeout', '{BUSY_TIMEOUT_MS}', true), pg_advisory_xact_lock({_WRITERS})"


def open_engine(url: str) -> Engine:
    """An engine for ``url`` (SQLAlchemy form). Nothing is read or written yet.

    ConfigurationError when this installation has no driver for it.
    """
    try:
        parsed = make_url(url)
        embedded = parsed.get_backend_name() == "sqlite"
        # Errors are logged with their statement; what was in it may be about a patient.
        engine = create_engine(parsed, pool_pre_ping=not embedded, hide_parameters=True)
    except (ArgumentError, ImportError) as error:
        raise ConfigurationError(
            "BROKER_DATABASE_URL names no database this installation can use.",
            help="Write it like postgresql://user:password@host/name, and install the extra: postgresql",
        ) from error
    if embedded:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # sqlite3's own transaction handling begins too late and commits too early; we send BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        # What is erased on purpose is overwritten, not only unlinked.
        "secure_delete=ON",
        "foreign_keys=ON",
        # Without this, INSERT OR REPLACE deletes a row and no DELETE trigger sees it.
        "recursive_triggers=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that starts as a reader can fail to upgrade half way; so writers lock at once.
    writing = connection.get_execution_options().get("broker_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # As on SQLite: one writer at a time, so that what a transaction checked still holds when it acts,
    # and a reader that sees one instant.
    if connection.get_execution_options().get("broker_writes", False):
        connection.exec_driver_sql(_ALONE)
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
