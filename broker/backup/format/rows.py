"""Rows of a table as JSON lines that every database takes: a list of values in the order of the columns."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, Table, bindparam, insert
from sqlalchemy.sql.dml import Insert

from broker.errors import Invalid
from broker.store import UTCDateTime


def row_line(values: Sequence[Any]) -> bytes:
    """One row. Instants in ISO 8601 with their zone, bytes in base64."""
    return (
        json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":")).encode()
        + b"\n"
    )


def rows_of(table: Table, columns: Sequence[str], content: bytes) -> Iterator[Mapping[str, Any]]:
    """What to insert, by the names that ``insert_into`` binds. Invalid for anything but rows of this table."""
    kinds = [table.c[name].type for name in columns]
    try:
        for line in content.splitlines():
            pairs = zip(columns, kinds, json.loads(line), strict=True)
            yield {f"v_{name}": _typed(kind, value) for name, kind, value in pairs}
    except (ValueError, TypeError) as error:
        raise Invalid(
            f"A row of {table.name} in this backup cannot be read.", help="Take another one."
        ) from error


def insert_into(table: Table, columns: Sequence[str]) -> Insert:
    """An insert that keeps nothing apart from JSON's null, as it was."""
    return insert(table).values({name: bindparam(f"v_{name}", type_=_type(table, name)) for name in columns})


def _type(table: Table, name: str) -> Any:
    kind = table.c[name].type
    return JSON(none_as_null=True) if isinstance(kind, JSON) else kind


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    return value
