"""The ledger's entries of many grants, a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import or_, select

from broker.ledger.body import decompose
from broker.ledger.entry import Recorded
from broker.ledger.tables import ledger_entries
from broker.review.history.rows import HistoryRow
from broker.store import Reader, Store

AT_ONCE = 500
# A grant has a dozen entries, and now and then a thousand.
GRANTS_AT_ONCE = 100


def entry_pages(
    store: Store, parts: Iterable[Sequence[HistoryRow]]
) -> Iterator[tuple[Reader, list[Recorded]]]:
    """At most AT_ONCE entries with the reader they came from, which is open until the next are asked for.

    Those of each hundred grants and of their requests in the ledger's order, the hundreds in the order of the rows.
    """
    for rows in parts:
        left = iter(rows)
        while some := list(islice(left, GRANTS_AT_ONCE)):
            yield from _pages(store, some)


def _pages(store: Store, rows: Sequence[HistoryRow]) -> Iterator[tuple[Reader, list[Recorded]]]:
    seq = 0
    while True:
        with store.read() as reader:
            found = _entries(reader, rows, seq)
            if not found:
                return
            yield reader, found
        if len(found) < AT_ONCE:
            return
        seq = found[-1].seq


def _entries(reader: Reader, rows: Sequence[HistoryRow], after: int) -> list[Recorded]:
    entries = ledger_entries.c
    mine = or_(
        entries.grant_id.in_([row.grant_id for row in rows]),
        entries.request_id.in_([row.request_id for row in rows]),
    )
    wanted = select(entries.body, entries.digest).where(mine, entries.seq > after).order_by(entries.seq)
    return [decompose(row.body, row.digest) for row in reader.all(wanted.limit(AT_ONCE))]
