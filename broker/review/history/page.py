"""Who had access to what, and when: one filtered question, a page at a time, in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from broker.access.tables import grants
from broker.errors import Invalid
from broker.policy.catalog import Catalog
from broker.review.history.conditions import conditions
from broker.review.history.filters import Filters
from broker.review.history.rows import HistoryRow, row_of, select_rows
from broker.store import Reader

PAGE = 50
# Counting ten million rows takes half a second; nobody needs to know more than "very many".
MOST_COUNTED = 1_001
# Fewer, where whether a grant counts stands in another table: that is a look elsewhere for each.
MOST_LOOKED_UP = 201

Place = tuple[datetime, str]


@dataclass(frozen=True)
class HistoryPage:
    """``next_after`` is the grant the following page comes after, ``back_before`` the one the page before it ends
    before; None where there is no such page.
    """

    rows: tuple[HistoryRow, ...]
    next_after: str | None
    back_before: str | None = None


def history_page(
    reader: Reader,
    catalog: Catalog,
    filters: Filters,
    zone: tzinfo,
    *,
    after: str | None = None,
    before: str | None = None,
    most: int = PAGE,
) -> HistoryPage:
    """The grants that meet ``filters``, in their order, from the one after ``after`` on, or those just before ``before``.

    Invalid for an unknown one.
    """
    if before:
        page = _page_before(reader, catalog, filters, zone, before, most)
        if page is not None:
            return page
    query = history_query(filters, zone, reader.at, _place(reader, after) if after else None)
    found = [row_of(row, catalog) for row in reader.all(query.limit(most + 1))]
    rows = tuple(found[:most])
    back = rows[0].grant_id if after and rows else None
    return HistoryPage(rows, rows[-1].grant_id if len(found) > most else None, back)


def _page_before(
    reader: Reader, catalog: Catalog, filters: Filters, zone: tzinfo, before: str, most: int
) -> HistoryPage | None:
    """None where fewer than a page come before it: then the first page shows them all."""
    query = history_query(filters, zone, reader.at, _place(reader, before), backwards=True)
    found = [row_of(row, catalog) for row in reader.all(query.limit(most + 1))]
    if len(found) <= most:
        return None
    rows = tuple(reversed(found[:most]))
    return HistoryPage(rows, rows[-1].grant_id, rows[0].grant_id)


def most_counted(filters: Filters) -> int:
    """What ``count_history`` never goes beyond; reaching it means "or more"."""
    elsewhere = (filters.purpose, filters.reason, filters.approver, filters.review, filters.break_glass)
    return MOST_LOOKED_UP if any(elsewhere) else MOST_COUNTED


def count_history(reader: Reader, filters: Filters, zone: tzinfo) -> int:
    """How many grants meet ``filters``, as far as ``most_counted``."""
    return count_up_to(reader, filters, zone, most_counted(filters))


def count_up_to(reader: Reader, filters: Filters, zone: tzinfo, most: int) -> int:
    """``most`` means "or more"."""
    some = select(grants.c.id).where(*conditions(filters, zone, reader.at)).limit(most).subquery()
    return int(reader.execute(select(func.count()).select_from(some)).scalar_one())


def count_all(reader: Reader, filters: Filters, zone: tzinfo) -> int:
    """The exact number, however long that takes: for a file that is about to be made of all of them."""
    query = select(func.count()).select_from(grants).where(*conditions(filters, zone, reader.at))
    return int(reader.execute(query).scalar_one())


def history_query(
    filters: Filters, zone: tzinfo, now: datetime, place: Place | None = None, *, backwards: bool = False
) -> Select[Any]:
    """The whole question, its order included; ``place`` is the issue time and id of a grant it goes on from."""
    query = select_rows().where(*conditions(filters, zone, now))
    ascending = filters.oldest_first != backwards
    if place is not None:
        key = tuple_(grants.c.issued_at, grants.c.id)
        query = query.where(key > tuple_(*place) if ascending else key < tuple_(*place))
    if ascending:
        return query.order_by(grants.c.issued_at, grants.c.id)
    return query.order_by(grants.c.issued_at.desc(), grants.c.id.desc())


def _place(reader: Reader, grant_id: str) -> Place:
    row = reader.one_or_none(select(grants.c.issued_at, grants.c.id).where(grants.c.id == grant_id))
    if row is None:
        raise Invalid("This page of the history cannot be found.", {"": "Begin again with the newest."})
    return row.issued_at, row.id
