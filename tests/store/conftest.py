"""Databases of every kind the product supports: empty ones, and ones made from the tables the code declares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from broker.store import metadata
from broker.store.engine import open_engine
from tests.postgresql import database_on


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    with _fresh(request, dialect, tmp_path / "empty.db") as engine:
        yield engine


@pytest.fixture
def created(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[Engine]:
    """Another one of the same kind, made from the tables and not by migrations."""
    with _fresh(request, dialect, tmp_path / "created.db") as engine:
        metadata.create_all(engine)
        yield engine


@contextmanager
def _fresh(request: pytest.FixtureRequest, dialect: str, file: Path) -> Iterator[Engine]:
    if dialect == "sqlite":
        with _opened(f"sqlite:///{file}") as engine:
            yield engine
        return
    with database_on(request.getfixturevalue("postgresql")) as url, _opened(url) as engine:
        yield engine


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
