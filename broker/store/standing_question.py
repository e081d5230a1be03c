"""One small SELECT that is asked thousands of times a second, with as little around it as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select
from sqlalchemy.exc import SQLAlchemyError

from broker.errors import Unavailable


@dataclass(frozen=True)
class _Prepared:
    sql: str
    order: Sequence[str] | None
    readers: tuple[Callable[[Any], Any] | None, ...]

    def arguments(self, texts: Mapping[str, str]) -> Any:
        return texts if self.order is None else tuple(texts[name] for name in self.order)

    def values(self, row: Sequence[Any]) -> tuple[Any, ...]:
        pairs = zip(self.readers, row, strict=True)
        return tuple(value if read is None else read(value) for read, value in pairs)


class StandingQuestion:
    """A SELECT of at most one row whose parameters are all text.

    It goes to the driver as text made once, on its own and outside ``Store.read()``:
    every time it sees what is committed at that moment, and costs a tenth.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._prepared: dict[str, _Prepared] = {}

    def ask(self, engine: Engine, texts: Mapping[str, str]) -> tuple[Any, ...] | None:
        """The row's values as the columns' types have them, None when there is no row. Raises Unavailable."""
        prepared = self._for(engine)
        try:
            with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
                cursor.execute(prepared.sql, prepared.arguments(texts))
                row = cursor.fetchone()
        except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as error:
            raise Unavailable("The broker's own store cannot be read right now.") from error
        return None if row is None else prepared.values(row)

    def _for(self, engine: Engine) -> _Prepared:
        dialect = engine.dialect
        if dialect.name not in self._prepared:
            compiled = self._statement.compile(dialect=dialect)
            order = getattr(compiled, "positiontup", None)
            types = (column.type for column in self._statement.selected_columns)
            readers = tuple(each.dialect_impl(dialect).result_processor(dialect, None) for each in types)
            self._prepared[dialect.name] = _Prepared(str(compiled), order, readers)
        return self._prepared[dialect.name]
