"""Databases to measure on: SQLite always, PostgreSQL where one starts."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from broker.clock import SystemClock
from broker.store import Store
from broker.store.engine import open_engine
from broker.store.schema import upgrade
from tests.postgresql import server


@contextmanager
def store_at(url: str) -> Iterator[Store]:
    """A store at a SQLAlchemy URL, migrated as an installation is."""
    engine = open_engine(url)
    upgrade(engine)
    try:
        yield Store(engine, SystemClock())
    finally:
        engine.dispose()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / secrets.token_hex(4)}.db"


@contextmanager
def postgresql() -> Iterator[URL | None]:
    """A server where databases may be made, or None, saying so, where none starts."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(server())
        except (ImportError, RuntimeError, OSError) as error:
            print(f"No PostgreSQL here, so its rows are left out: {error}")
            address = None
        yield address


def connect(url: str) -> psycopg.Connection:
    """The bare driver on the same database."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
