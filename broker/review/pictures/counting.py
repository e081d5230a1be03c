"""Counts of grants by something, made by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Row, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from broker.access.tables import access_requests, grants
from broker.policy.decision import Path
from broker.review.history.conditions import conditions
from broker.review.history.filters import Filters
from broker.store import Reader

ALL = func.count().label("grants")
BROKEN = func.sum(case((access_requests.c.path == Path.BREAK_GLASS, 1), else_=0)).label("broken")


class epoch(FunctionElement[float]):  # noqa: N801 - written like the function it is
    """Seconds since 1970, with their fractions."""

    name = "epoch_seconds"
    type = Float()
    inherit_cache = True


@compiles(epoch, "postgresql")
def _on_postgresql(element: epoch, compiler: SQLCompiler, **how: Any) -> str:
    return f"EXTRACT(EPOCH FROM {compiler.process(element.clauses, **how)})::double precision"


@compiles(epoch)
def _on_sqlite(element: epoch, compiler: SQLCompiler, **how: Any) -> str:
    return f"((julianday({compiler.process(element.clauses, **how)}) - 2440587.5) * 86400.0)"


class floored(FunctionElement[int]):  # noqa: N801 - likewise
    """The whole number at or below one that is not negative."""

    name = "floored"
    type = Integer()
    inherit_cache = True


@compiles(floored, "postgresql")
def _floored_on_postgresql(element: floored, compiler: SQLCompiler, **how: Any) -> str:
    return f"FLOOR({compiler.process(element.clauses, **how)})::integer"


@compiles(floored)
def _floored_on_sqlite(element: floored, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **how)} AS INTEGER)"


@dataclass(frozen=True)
class Question:
    """What is drawn: the grants that meet ``filters``, their days and hours those of ``zone``."""

    reader: Reader
    filters: Filters
    zone: tzinfo

    def grouped(
        self, keys: Sequence[ColumnElement[Any]], *counts: ColumnElement[Any], where: Sequence[Any] = ()
    ) -> list[Row[Any]]:
        """One row for each value of ``keys``, which come first in it."""
        asked = grants.join(access_requests, access_requests.c.id == grants.c.request_id)
        query = select(*keys, *counts).select_from(asked).where(*self.narrowed, *where)
        return self.reader.all(query.group_by(*keys))

    @property
    def narrowed(self) -> list[ColumnElement[bool]]:
        return conditions(self.filters, self.zone, self.reader.at)
