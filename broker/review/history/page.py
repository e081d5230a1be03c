"""Who had access to what, and when: one filtered question, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, exists, func, select, tuple_

from broker.access.grant import GrantState
from broker.access.tables import access_requests, grants
from broker.errors import Invalid
from broker.policy.catalog import Catalog
from broker.policy.decision import Path
from broker.review.history.filters import Filters, Shown
from broker.review.history.rows import HistoryRow, row_of, select_rows
from broker.store import Reader

PAGE = 50
# Counting ten million rows takes half a second; nobody needs to know more than "very many".
MOST_COUNTED = 1_001


@dataclass(frozen=True)
class HistoryPage:
    """``next_after`` is the grant the following page comes after, None on the last page."""

    rows: tuple[HistoryRow, ...]
    next_after: str | None


def history_page(
    reader: Reader,
    catalog: Catalog,
    filters: Filters,
    zone: tzinfo,
    *,
    after: str | None = None,
    most: int = PAGE,
) -> HistoryPage:
    """The grants that meet ``filters``, newest first, from the one after ``after`` on. Invalid for an unknown one."""
    query = history_query(filters, zone, _place(reader, after) if after else None)
    found = [row_of(row, catalog) for row in reader.all(query.limit(most + 1))]
    rows = tuple(found[:most])
    return HistoryPage(rows, rows[-1].grant_id if len(found) > most else None)


def count_history(reader: Reader, filters: Filters, zone: tzinfo) -> int:
    """How many grants meet ``filters``; never more than MOST_COUNTED, which means "or more"."""
    some = select(grants.c.id).where(*_conditions(filters, zone)).limit(MOST_COUNTED).subquery()
    return int(reader.execute(select(func.count()).select_from(some)).scalar_one())


def history_query(filters: Filters, zone: tzinfo, after: tuple[datetime, str] | None = None) -> Select[Any]:
    """The whole question, its order included; ``after`` is the issue time and id of a grant."""
    query = select_rows().where(*_conditions(filters, zone))
    if after is not None:
        query = query.where(tuple_(grants.c.issued_at, grants.c.id) < tuple_(*after))
    return query.order_by(grants.c.issued_at.desc(), grants.c.id.desc())


def _conditions(filters: Filters, zone: tzinfo) -> list[ColumnElement[bool]]:
    few = bool(filters.person or filters.patient)
    equal = (
        (grants.c.person_id, filters.person),
        (grants.c.patient_id, filters.patient),
        (_aside(grants.c.site_id, few), filters.site),
    )
    found = [column == wanted for column, wanted in equal if wanted]
    if filters.state:
        found.append(_in_state(filters.state, few))
    if begins := filters.begins(zone):
        found.append(grants.c.issued_at >= begins)
    if ends := filters.ends(zone):
        found.append(grants.c.issued_at < ends)
    return [*found, _broke_glass()] if filters.break_glass else found


def _aside(column: Column[Any], few: bool) -> ColumnElement[Any]:
    # One person's or one patient's grants are few, those of a state or a site are most of them. SQLite
    # keeps no counts to know that by, so the other column is written in a form no index answers.
    return column.concat("") if few else column


def _in_state(state: Shown, few: bool) -> ColumnElement[bool]:
    column = _aside(grants.c.state, few)
    if state is Shown.UNCONFIRMED:
        return and_(column == GrantState.REVOKING, grants.c.unconfirmed_at.is_not(None))
    return column == state.value


def _broke_glass() -> ColumnElement[bool]:
    asked = access_requests.alias("asked")
    return exists().where(asked.c.id == grants.c.request_id, asked.c.path == Path.BREAK_GLASS)


def _place(reader: Reader, grant_id: str) -> tuple[datetime, str]:
    row = reader.one_or_none(select(grants.c.issued_at, grants.c.id).where(grants.c.id == grant_id))
    if row is None:
        raise Invalid("This page of the history cannot be found.", {"": "Begin again with the newest."})
    return row.issued_at, row.id
