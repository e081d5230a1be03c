"""Migrations and the rooms' tables say the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from broker.store import metadata
from broker.store.engine import open_engine
from broker.store.schema import check_schema, downgrade, upgrade
from broker.web import factory


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'broker.db'}")
    yield opened
    opened.dispose()


def test_migrations_build_every_table(engine: Engine) -> None:
    """A migrated database has exactly the tables, columns and indexes that the rooms declare."""
    assert factory.PAGES  # importing the pages imports every room, and with it every table
    upgrade(engine)
    check_schema(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_ledger_is_guarded_after_a_migration(engine: Engine, tmp_path: Path) -> None:
    """A migrated database has the same triggers as one made from the tables."""
    made = open_engine(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(made)
    upgrade(engine)
    found = []
    for each in (engine, made):
        with each.connect() as connection:
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found.append(sorted(map(tuple, rows)))
    made.dispose()
    assert found[0] == found[1] != []


def test_a_downgrade_leaves_nothing(engine: Engine) -> None:
    """Back to before the first version, only Alembic's own table is there."""
    upgrade(engine)
    downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
