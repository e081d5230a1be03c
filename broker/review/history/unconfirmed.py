"""Access that was taken back while its site would not say that it is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from broker.access.grant import GrantState
from broker.access.tables import grants
from broker.policy.catalog import Catalog
from broker.review.history.rows import HistoryRow, rows_of
from broker.store import Reader

MOST_SHOWN = 50


@dataclass(frozen=True)
class Unconfirmed:
    """``since`` is when it was told of; ``tries`` and ``fault`` are those of the last attempt."""

    row: HistoryRow
    since: datetime
    tries: int
    fault: str | None
    next_try_at: datetime | None


def unconfirmed_revocations(
    reader: Reader, catalog: Catalog, *, most: int = MOST_SHOWN
) -> tuple[Unconfirmed, ...]:
    """The longest unconfirmed first. They are never dropped from this list, only confirmed."""
    stuck = (grants.c.state == GrantState.REVOKING) & grants.c.unconfirmed_at.is_not(None)
    columns = (grants.c.id, grants.c.unconfirmed_at, grants.c.tries, grants.c.fault, grants.c.next_try_at)
    found = reader.all(select(*columns).where(stuck).order_by(grants.c.unconfirmed_at).limit(most))
    rows = rows_of(reader, catalog, [each.id for each in found])
    return tuple(
        Unconfirmed(rows[each.id], each.unconfirmed_at, each.tries, each.fault, each.next_try_at)
        for each in found
    )
