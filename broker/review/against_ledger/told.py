"""Reads rows in batches, and beside them what the ledger tells of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Row, Table, exists, select

from broker.ledger.body import decompose
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.review.against_ledger.disagreement import Disagreement
from broker.store import Reader

BATCH = 500

Batch = Sequence[Row[Any]]


def batches(reader: Reader, table: Table) -> Iterator[Batch | Disagreement]:
    """Every row of ``table`` in the order of its key; a Disagreement in place of one that cannot be read."""
    key = next(iter(table.primary_key.columns))
    after = ""
    while True:
        page = select(table).where(key > after).order_by(key).limit(BATCH)
        ids = [row[0] for row in reader.all(page.with_only_columns(key))]
        if not ids:
            return
        try:
            yield reader.all(page)
        except ValueError:
            yield from _one_by_one(reader, table, key, ids)
        after = ids[-1]


def told_of(
    reader: Reader, about: Column[Any], ids: Collection[str], events: Collection[str]
) -> Mapping[str, list[Entry]]:
    """The entries of these kinds about each id, oldest first."""
    columns = (about, ledger_entries.c.body, ledger_entries.c.digest)
    mine = about.in_(ids) & ledger_entries.c.event.in_(events)
    found: dict[str, list[Entry]] = defaultdict(list)
    for row in reader.all(select(*columns).where(mine).order_by(ledger_entries.c.seq)):
        found[row[0]].append(decompose(row.body, row.digest).entry)
    return found


def gone(reader: Reader, event: str, about: Column[Any], key: Column[Any]) -> Iterator[Disagreement]:
    """What the ledger says was made with ``event``, and is in no row any more."""
    missing = ~exists().where(key == about)
    for row in reader.all(select(about).where(ledger_entries.c.event == event, missing)):
        yield Disagreement(key.table.name, row[0], "the row is gone; the ledger says that it was made.")


def _one_by_one(
    reader: Reader, table: Table, key: Column[Any], ids: Sequence[str]
) -> Iterator[Batch | Disagreement]:
    for each in ids:
        try:
            yield reader.all(select(table).where(key == each))
        except ValueError:
            yield Disagreement(table.name, each, "the row cannot be read.")
