import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from broker.identity.tables import people
from broker.review.history.exporting.batches import batches
from broker.review.history.exporting.csv_file import HEADS, csv_lines, harmless
from broker.review.history.filters import Filters
from broker.review.history.rows import HistoryRow
from tests.fakes.past import Past


def read(past: Past, *, chunk: int = 500, **wanted: Any) -> Iterator[Sequence[HistoryRow]]:
    return batches(past.store, past.equipment.catalog, Filters(**wanted), past.zone, chunk=chunk)


def rows(past: Past, **wanted: object) -> list[dict[str, str]]:
    lines = csv_lines(read(past, **wanted))
    return list(csv.DictReader(io.StringIO("".join(lines))))


def test_the_file_holds_what_the_page_shows(past: Past) -> None:
    """The same question gives the same grants in the same order."""
    past.ended(past.ordinary())
    past.broken()
    assert [row["grant"] for row in rows(past)] == past.found()
    assert [row["path"] for row in rows(past, break_glass=True)] == ["break_glass"]


def test_a_patient_appears_only_by_our_own_id(past: Past) -> None:
    """Neither the clinic's id for the patient nor the note leaves with the file."""
    past.ordinary()
    text = "".join(csv_lines(read(past)))
    assert past.patient.id in text
    assert "P-1001" not in text
    assert "collapsed" not in text


def test_times_are_utc(past: Past) -> None:
    """A file that is sent on means the same instant everywhere."""
    grant = past.ordinary()
    assert rows(past)[0]["expires_utc"] == f"{grant.expires_at:%Y-%m-%dT%H:%M:%SZ}"


def test_an_empty_history_is_a_file_with_heads(past: Past) -> None:
    """Nothing found is said by a file, not by an error."""
    assert "".join(csv_lines(read(past))).split("\r\n") == [
        ",".join(HEADS),
        "",
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_cannot_become_a_formula(past: Past, sign: str) -> None:
    """What begins like a formula is shown by a spreadsheet, never computed."""
    cell = f"{sign}cmd|'/c calc'!A1"
    assert harmless(cell) == f"'{cell}"


def test_a_person_named_like_a_formula_is_harmless_in_the_file(past: Past) -> None:
    """Whatever somebody got into a name is neutralised on its way out."""
    past.ordinary()
    with past.store.write() as tx:
        tx.execute(update(people).values(name="=1+1"))
    assert rows(past)[0]["person_name"] == "'=1+1"


@given(st.text())
def test_nothing_else_is_changed(cell: str) -> None:
    """Ordinary text leaves as it came."""
    assert harmless(cell) in {cell, f"'{cell}"}
    assert harmless(cell)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_many_grants_come_in_parts(past: Past) -> None:
    """The file is read chunk by chunk, and no grant is lost between two."""
    made = [past.broken().id for _ in range(5)]
    parts = list(csv_lines(read(past, chunk=2)))
    assert [part.count("\r\n") for part in parts] == [1, 2, 2, 1]
    assert [row["grant"] for row in csv.DictReader(io.StringIO("".join(parts)))] == made[::-1]
