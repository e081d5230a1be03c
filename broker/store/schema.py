"""Brings a database to the schema this version knows, and refuses one that is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from broker.errors import ConfigurationError, Unavailable
from broker.store.unusable import is_unusable

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Bring the database to this version, whatever older version (or nothing) it holds."""
    _move(engine, command.upgrade, "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to ``revision`` (``base`` for none). What newer versions stored beyond it is lost."""
    _move(engine, command.downgrade, revision)


def newest_schema() -> str:
    """The schema this version keeps."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def check_schema(engine: Engine) -> None:
    """ConfigurationError unless the database is exactly at this version; Unavailable when it cannot be read."""
    wanted = newest_schema()
    with _can_be_opened(), engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise ConfigurationError(
            f"The database is at schema {found or 'none'}, this version needs {wanted}.",
            help="Back it up, then run: broker db upgrade",
        )


def _move(engine: Engine, towards: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    writing = engine.execution_options(broker_writes=True)
    try:
        with _can_be_opened(), writing.begin() as connection:
            config.attributes["connection"] = connection
            towards(config, revision)
    except CommandError as error:
        raise ConfigurationError(
            f"The schema was left as it is: {error}.",
            help="A newer broker may have written this database: use that version.",
        ) from error


@contextmanager
def _can_be_opened() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if not is_unusable(error):
            raise
        raise Unavailable(
            "The broker's database cannot be opened.",
            help="Check BROKER_DATABASE_URL; if it is right, restore the database from its last backup.",
        ) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
