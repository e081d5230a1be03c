"""A file made of parts holds each grant once, whatever happens meanwhile, and one that broke off is not taken for whole."""

import json

import pytest
from sqlalchemy.exc import DBAPIError

from broker.errors import Unavailable
from broker.review.history.exporting.batches import batches
from broker.review.history.exporting.csv_file import csv_lines
from broker.review.history.exporting.entries import entry_pages
from broker.review.history.exporting.exported import Format, record_export
from broker.review.history.exporting.json_file import json_lines
from broker.review.history.filters import Filters
from tests.fakes.past import Past


def read(past: Past, chunk: int, **wanted: object):
    return batches(past.store, past.equipment.catalog, Filters(**wanted), past.zone, chunk=chunk)  # type: ignore[arg-type]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_every_grant_is_in_one_part(past: Past, *, oldest_first: bool) -> None:
    """In the order of the page; none twice at the seam of two parts, and nothing held open between them."""
    made = [past.broken().id for _ in range(5)]
    parts = list(read(past, 2, oldest_first=oldest_first))
    assert [len(part) for part in parts] == [2, 2, 1]
    found = [row.grant_id for part in parts for row in part]
    assert found == (made if oldest_first else made[::-1])


def test_a_grant_made_meanwhile_moves_nothing(past: Past) -> None:
    """The newest first: what is granted while the file is made comes before its beginning."""
    made = [past.broken().id for _ in range(4)][::-1]
    parts = read(past, 2)
    first = [row.grant_id for row in next(parts)]
    past.broken()
    rest = [row.grant_id for part in parts for row in part]
    assert first + rest == made


def test_a_file_that_breaks_off_says_so(past: Past) -> None:
    """The store goes away between two parts: the reader meets an error, and what was sent is no whole document."""
    for _ in range(3):
        past.broken()
    export = record_export(past.store, past.ledger, past.reviewer.id, Filters(), past.zone, Format.JSON)
    lines, sent = json_lines(export, read(past, 2)), ""
    sent += next(lines) + next(lines)
    with past.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE grants RENAME TO gone")
    with pytest.raises((Unavailable, DBAPIError)):
        next(lines)
    with pytest.raises(json.JSONDecodeError):
        json.loads(sent)
    assert "complete" not in sent


def test_an_empty_history_is_a_whole_document(past: Past) -> None:
    """Nothing found is said by a file, not by an error."""
    export = record_export(past.store, past.ledger, past.reviewer.id, Filters(), past.zone, Format.JSON)
    told = json.loads("".join(json_lines(export, read(past, 2))))
    assert (told["grants"], told["complete"]) == ([], True)
    assert list(csv_lines(read(past, 2)))[1:] == []


def test_entries_come_in_pages_each_of_them_once(past: Past) -> None:
    """All entries of the grants found and of their requests, in the ledger's order, and no others."""
    kept = past.ended(past.broken())
    past.ended(past.ordinary())
    pages = list(entry_pages(past.store, read(past, 1, break_glass=True)))
    seqs = [each.seq for _, entries in pages for each in entries]
    assert seqs == sorted(set(seqs))
    about = {(each.entry.grant, each.entry.request) for _, entries in pages for each in entries}
    assert about <= {(kept.id, kept.request_id), (None, kept.request_id), (kept.id, None)}
    assert {"request.asked", "grant.revoked"} <= {e.entry.event for _, entries in pages for e in entries}
