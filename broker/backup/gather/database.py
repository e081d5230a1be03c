"""Every row of every table at one instant, a few thousand in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Table, inspect, select

from broker.backup.format.member import Member, whole
from broker.backup.format.rows import row_line
from broker.errors import Conflict, Invalid
from broker.ledger.tables import ledger_head
from broker.store import metadata

ROWS = 1_000
BYTES = 4 * 1024 * 1024
FOLDER = "database/"
VERSION = "alembic_version"


@dataclass
class DatabaseLook:
    """One consistent look at ``connection``. ``tables`` is complete once all members were read."""

    connection: Connection
    tables: dict[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)

    def schema(self) -> str:
        return MigrationContext.configure(self.connection).get_current_revision() or ""

    def ledger_end(self) -> tuple[int, str]:
        row = self.connection.execute(select(ledger_head.c.seq, ledger_head.c.digest)).one_or_none()
        if row is None:
            raise Conflict("The ledger has lost its head.", help="Run: broker audit verify")
        return row.seq, row.digest

    def members(self) -> Iterator[Member]:
        self._refuse_unknown_tables()
        for table in metadata.sorted_tables:
            yield from self._of(table)

    def _of(self, table: Table) -> Iterator[Member]:
        columns = tuple(column.name for column in table.columns)
        query = select(table).order_by(*table.primary_key.columns)
        streaming = self.connection.execution_options(yield_per=ROWS, stream_results=True)
        count, part, lines, size = 0, 0, list[bytes](), 0
        try:
            for row in streaming.execute(query):
                lines.append(row_line(row))
                count, size = count + 1, size + len(lines[-1])
                if len(lines) == ROWS or size >= BYTES:
                    part += 1
                    yield whole(f"{FOLDER}{table.name}/{part:06}.jsonl", b"".join(lines))
                    lines, size = [], 0
        except (ValueError, TypeError) as error:
            raise Invalid(
                f"A row of {table.name} cannot be read, so no whole backup can be made.",
                help="Run: broker audit verify. It names the row.",
            ) from error
        if lines:
            yield whole(f"{FOLDER}{table.name}/{part + 1:06}.jsonl", b"".join(lines))
        self.tables[table.name] = (columns, count)

    def _refuse_unknown_tables(self) -> None:
        unknown = set(inspect(self.connection).get_table_names()) - set(metadata.tables) - {VERSION}
        if unknown:
            raise Conflict(
                f"The database has tables that this version does not know: {', '.join(sorted(unknown))}.",
                help="Keep other software's tables in another database, or: broker db check",
            )
