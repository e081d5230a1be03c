"""Inserts the rows of a backup, table after table."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, delete, func, select

from broker.backup.format.manifest import Manifest
from broker.backup.format.member import Member
from broker.backup.format.rows import insert_into, rows_of
from broker.backup.gather.database import BYTES, FOLDER
from broker.errors import Conflict, Invalid
from broker.ledger.tables import ledger_head
from broker.ledger.triggers import guard_statements, unguard_statements
from broker.store import metadata

# One row may be larger than what ends a part.
_LONGEST_PART = 16 * BYTES


class PutBack:
    """In the caller's transaction. The ledger's guards are lifted meanwhile, and stand again before it commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counts: Counter[str] = Counter()
        for statement in unguard_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(delete(ledger_head))  # the seeded row of an empty chain

    def takes(self, member: Member) -> bool:
        """Whether the part was rows."""
        if not member.name.startswith(FOLDER):
            return False
        table = metadata.tables.get(member.name.split("/")[1])
        if table is None or member.size > _LONGEST_PART:
            raise Invalid(
                f"This backup holds {member.name}, which this version cannot take.",
                help="Restore it by the version that made it, then upgrade.",
            )
        columns = [column.name for column in table.columns]
        rows = list(rows_of(table, columns, b"".join(member.chunks)))
        if rows:
            self._connection.execute(insert_into(table, columns), rows)
        self._counts[table.name] += len(rows)
        return True

    def finish(self, manifest: Manifest) -> None:
        """Raises Invalid unless every table has the rows that were counted when the backup was made."""
        for statement in guard_statements(self._connection.dialect.name):
            self._connection.exec_driver_sql(statement)
        for name, (columns, count) in manifest.tables.items():
            table = metadata.tables.get(name)
            if table is None or tuple(table.columns.keys()) != columns:
                raise Conflict(
                    f"This backup is of schema {manifest.schema}, in which {name} looks otherwise.",
                    help=f"Restore it by version {manifest.version}, then run: broker db upgrade",
                )
            found = self._connection.execute(select(func.count()).select_from(table)).scalar_one()
            if not count == found == self._counts[name]:
                raise Invalid(f"Rows of {name} are missing in this backup.", help="Take another one.")
