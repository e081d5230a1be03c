"""Counts of grants by something, made by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
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

# Policies let requests lapse after hours. One that was answered later than this is in the list and in no picture.
LONGEST_WAIT = timedelta(days=31)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
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
        """One row for each value of ``keys``, which come first in it; counted over grants and what was asked for them."""
        asked = grants.join(access_requests, access_requests.c.id == grants.c.request_id)
        query = select(*keys, *counts).select_from(asked).where(*self.narrowed, *where, *self._asked_then)
        return self.reader.all(query.group_by(*keys))

    @property
    def _asked_then(self) -> list[ColumnElement[bool]]:
        # So that no database reads the requests of all years for those of one month.
        begins, ends = self.filters.begins(self.zone), self.filters.ends(self.zone)
        earliest = begins - LONGEST_WAIT if begins and begins > _EARLIEST else None
        return [
            *([access_requests.c.asked_at >= earliest] if earliest else []),
            *([access_requests.c.asked_at < ends] if ends else []),
        ]

    @property
    def narrowed(self) -> list[ColumnElement[bool]]:
        return conditions(self.filters, self.zone, self.reader.at)
