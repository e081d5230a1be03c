"""The database a backup is restored into: new in the folder, or an empty one elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, RootTransaction, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from broker.backup.format.manifest import Manifest
from broker.backup.put_back.rows import PutBack
from broker.errors import Conflict, Invalid, Unavailable
from broker.ledger.checkpoints.notes import UnreadableNote, Vouching, parse_notes, read_notes
from broker.ledger.signing.keys import PublicKey, parse_public
from broker.ledger.snapshot import Snapshot
from broker.ledger.tables import ledger_head
from broker.ledger.triggers import missing_guards
from broker.ledger.verifying.verify import verify
from broker.store import metadata
from broker.store.engine import open_engine
from broker.store.schema import check_schema, upgrade
from broker.store.unusable import is_unusable

_VERSION = "alembic_version"


@dataclass
class Target:
    """Everything happens in one transaction, which nobody else sees before ``commit``."""

    connection: Connection
    transaction: RootTransaction
    rows: PutBack

    def finish(self, manifest: Manifest, checkpoints: Path) -> None:
        """Hold the rows against the list, and the ledger against the checkpoints that came with it. Invalid."""
        self.rows.finish(manifest)
        look = Snapshot(self.connection)
        report = verify(
            look.entries(),
            stored_head=look.head(),
            checkpoints=_vouching(checkpoints, parse_public(manifest.vkey)),
        )
        if report.first or missing_guards(self.connection):
            fault = report.first.words if report.first else "Its guards are gone."
            raise Invalid(f"The ledger in this backup is not whole. {fault}", help="Take an older backup.")

    def commit(self) -> None:
        self.transaction.commit()


@contextmanager
def open_target(url: str, folder: Path) -> Iterator[Target]:
    """Raises Conflict for a database in which anything is. What was put in is gone unless it was committed."""
    engine = open_engine(url or f"sqlite:///{folder / 'broker.db'}")
    try:
        _refuse_occupied(engine)
        upgrade(engine)
        check_schema(engine)
        with _told(), engine.connect().execution_options(broker_writes=True) as connection:
            transaction = connection.begin()
            _refuse_rows(connection, set(metadata.tables))
            yield Target(connection, transaction, PutBack(connection))
    finally:
        engine.dispose()


def _refuse_occupied(engine: Engine) -> None:
    with _told(), engine.connect() as connection:
        there = set(inspect(connection).get_table_names()) - {_VERSION}
        if there - set(metadata.tables):
            raise _occupied()
        _refuse_rows(connection, there)


def _refuse_rows(connection: Connection, there: Collection[str]) -> None:
    for table in (each for each in metadata.sorted_tables if each.name in there):
        query = select(table).limit(1)
        if table is ledger_head:  # an empty chain has its seeded row
            query = query.where(table.c.seq > 0)
        if connection.execute(query).first() is not None:
            raise _occupied()


def _occupied() -> Conflict:
    return Conflict(
        "The database is not empty, and a restore never writes over anything.",
        help="Make a new, empty one. The old one is evidence: keep it.",
    )


def _vouching(path: Path, key: PublicKey) -> Iterator[Vouching]:
    notes = read_notes(path) if path.exists() else ()
    return (each for each in parse_notes(notes, key) if not isinstance(each, UnreadableNote))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Invalid("Rows in this backup contradict each other.", help="Take another one.") from error
    except DBAPIError as error:
        if not is_unusable(error):
            raise
        raise Unavailable(
            "The database to restore into cannot be used.", help="Look for a full disk, then begin again."
        ) from error
