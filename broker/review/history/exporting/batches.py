"""All grants that meet a question, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from broker.policy.catalog import Catalog
from broker.review.history.filters import Filters
from broker.review.history.page import history_page
from broker.review.history.rows import HistoryRow
from broker.store import Store

CHUNK = 1_000


def batches(
    store: Store, catalog: Catalog, filters: Filters, zone: tzinfo, *, chunk: int = CHUNK
) -> Iterator[tuple[HistoryRow, ...]]:
    """In the order of the page; no batch is empty.

    Nothing is kept open between two, so that a slow reader does not hold the store, and never more than one is in memory.
    """
    after: str | None = None
    while True:
        with store.read() as reader:
            page = history_page(reader, catalog, filters, zone, after=after, most=chunk)
        if page.rows:
            yield page.rows
        after = page.next_after
        if after is None:
            return
