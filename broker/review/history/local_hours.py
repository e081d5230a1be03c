"""The clinic's hour and weekday of an instant, computed by the database.

SQLite knows no zones. So the zone's own changes between summer and winter are written into the question as
offsets from UTC, and both databases give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

# Between these a question without days counts the changes of the clocks.
EARLIEST, LATEST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2044, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=7)  # no zone changes its clocks and back within a week
_SECOND = timedelta(seconds=1)


class _Hour(FunctionElement[int]):
    name = "local_hour"
    type = Integer()
    inherit_cache = True


class _Weekday(FunctionElement[int]):
    name = "local_weekday"
    type = Integer()
    inherit_cache = True


def local_hour(
    at: ColumnElement[Any], zone: tzinfo, begins: datetime | None = None, ends: datetime | None = None
) -> ColumnElement[int]:
    """0 to 23, for instants between the two that are given."""
    return _Hour(at, offset_seconds(at, zone, begins, ends))


def local_weekday(
    at: ColumnElement[Any], zone: tzinfo, begins: datetime | None = None, ends: datetime | None = None
) -> ColumnElement[int]:
    """0 for Monday to 6."""
    return _Weekday(at, offset_seconds(at, zone, begins, ends))


def offset_seconds(
    at: ColumnElement[Any], zone: tzinfo, begins: datetime | None, ends: datetime | None
) -> ColumnElement[int]:
    """How far the clinic's clock is ahead of UTC."""
    spans = offsets(zone, max(begins or EARLIEST, EARLIEST), min(ends or LATEST, LATEST))
    *earlier, (_, last) = spans
    seconds = literal(last, Integer)
    if not earlier:
        return seconds
    return case(*((at < until, literal(offset, Integer)) for until, offset in earlier), else_=seconds)


@lru_cache(maxsize=64)
def offsets(zone: tzinfo, begins: datetime, ends: datetime) -> tuple[tuple[datetime, int], ...]:
    """(until, seconds ahead of UTC) for each span between the two instants, in order; the last span does not end."""
    spans = [(change, _seconds(zone, change - _SECOND)) for change in _changes(zone, begins, ends)]
    return (*spans, (ends, _seconds(zone, max(begins, ends - _SECOND))))


def _changes(zone: tzinfo, begins: datetime, ends: datetime) -> Iterator[datetime]:
    at = begins
    while at < ends:
        then = min(at + _STEP, ends)
        if _seconds(zone, at) != _seconds(zone, then):
            yield _moment(zone, at, then)
        at = then


def _moment(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first second with the offset of ``after``."""
    wanted = _seconds(zone, after)
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _seconds(zone, middle) == wanted:
            after = middle
        else:
            before = middle
    return after


def _seconds(zone: tzinfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _two(element: FunctionElement[int], compiler: SQLCompiler, **how: Any) -> list[str]:
    return [compiler.process(each, **how) for each in element.clauses]


@compiles(_Hour, "postgresql")
def _hour_on_postgresql(element: _Hour, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(EXTRACT(HOUR FROM {_local_on_postgresql(*_two(element, compiler, **how))}) AS INTEGER)"


@compiles(_Hour)
def _hour_on_sqlite(element: _Hour, compiler: SQLCompiler, **how: Any) -> str:
    at, offset = _two(element, compiler, **how)
    return f"CAST(strftime('%H', {at}, ({offset}) || ' seconds') AS INTEGER)"


@compiles(_Weekday, "postgresql")
def _weekday_on_postgresql(element: _Weekday, compiler: SQLCompiler, **how: Any) -> str:
    local = _local_on_postgresql(*_two(element, compiler, **how))
    return f"(CAST(EXTRACT(ISODOW FROM {local}) AS INTEGER) - 1)"


@compiles(_Weekday)
def _weekday_on_sqlite(element: _Weekday, compiler: SQLCompiler, **how: Any) -> str:
    at, offset = _two(element, compiler, **how)
    # strftime begins the week with Sunday.
    return f"((CAST(strftime('%w', {at}, ({offset}) || ' seconds') AS INTEGER) + 6) % 7)"


def _local_on_postgresql(at: str, offset: str) -> str:
    return f"(({at}) AT TIME ZONE 'UTC' + ({offset}) * INTERVAL '1 second')"
