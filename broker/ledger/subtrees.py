"""Keeps the hashes of complete subtrees, so that a proof reads a few hundred rows and not the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.functions import max as greatest

from broker.ledger.merkle.tiled import TILE, TILE_LEVEL
from broker.ledger.merkle.tree import fold
from broker.ledger.tables import ledger_subtrees
from broker.ledger.tree_in_database import StoredNodes
from broker.store import Store

# So many are written in one commit, which is over in a moment: grants must not wait for it.
_AT_ONCE: Final = 64


def grow_subtrees(store: Store, size: int) -> None:
    """Keep what has become complete within the first ``size`` entries, lowest level first.

    Raises Unavailable when the store cannot be written; what was kept till then
    stays, and the next call goes on from there.
    """
    row = 1
    while size >= TILE**row:
        _grow_level(store, row, size // TILE**row)
        row += 1


def _grow_level(store: Store, row: int, count: int) -> None:
    with store.read() as reader:
        kept = reader.one_or_none(
            select(greatest(ledger_subtrees.c.place)).where(ledger_subtrees.c.level == row * TILE_LEVEL)
        )
        first = 0 if kept is None or kept[0] is None else kept[0] + 1
        found = _found(StoredNodes(reader.connection), row, range(first, count))
        while some := list(islice(found, _AT_ONCE)):
            _write(store, some)


def _found(nodes: StoredNodes, row: int, places: range) -> Iterator[dict[str, Any]]:
    for place in places:
        digest = fold(nodes.tile(row - 1, place)).hex()
        yield {"level": row * TILE_LEVEL, "place": place, "digest": digest}


def _write(store: Store, rows: list[dict[str, Any]]) -> None:
    try:
        with store.write() as tx:
            for row in rows:
                tx.execute(insert(ledger_subtrees), row)
    except IntegrityError:
        # Another process keeps the same ledger and was quicker; what it wrote is held against the root next.
        return
