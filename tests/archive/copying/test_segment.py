"""A stretch of the ledger as one object, and everything that spoils it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.archive.copying.point import NOWHERE, Point
from broker.archive.copying.segment import end_of, read_segment, segment_name, stretch_of, write_segment
from broker.errors import Invalid
from broker.ledger.body import EMPTY_DIGEST, compose, leaf_digest
from broker.ledger.entry import Entry
from broker.ledger.signing.keys import PublicKey
from broker.ledger.verifying.verify import StoredEntry

KEY = PublicKey("broker.example/ledger", bytes(range(32)))
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def chain(count: int) -> list[StoredEntry]:
    entries, previous = [], EMPTY_DIGEST
    for seq in range(1, count + 1):
        body = compose(Entry("grant.active", "naïve\u2028"), seq, NOON + timedelta(seconds=seq), previous)
        previous = leaf_digest(body)
        entries.append(StoredEntry(None, previous, body))
    return entries


@pytest.mark.parametrize("cut", range(1, 12))
def test_it_says_what_was_written_wherever_it_begins(cut: int) -> None:
    """The same entries, and a point that the next one goes on from; the root is that of the whole tree."""
    entries = chain(12)
    middle = end_of(NOWHERE, entries[:cut])
    second = read_segment(write_segment(KEY, middle, entries[cut:]))
    assert (second.before, second.entries, second.last, second.vkey) == (
        middle,
        tuple(entries[cut:]),
        12,
        KEY.vkey,
    )
    assert end_of(second.before, second.entries).root() == end_of(NOWHERE, entries).root()


@given(st.data())
def test_one_changed_bit_is_found(data: st.DataObject) -> None:
    """Wherever it is: the object does not fit its last line, or its entries do not fit each other."""
    content = write_segment(KEY, NOWHERE, chain(3))
    place = data.draw(st.integers(0, len(content) * 8 - 1))
    spoilt = bytearray(content)
    spoilt[place // 8] ^= 1 << place % 8
    with pytest.raises(Invalid):
        read_segment(bytes(spoilt))


@given(st.integers(0, 2_000))
def test_a_torn_one_is_found(length: int) -> None:
    """However much of it is there."""
    content = write_segment(KEY, NOWHERE, chain(3))
    with pytest.raises(Invalid):
        read_segment(content[: min(length, len(content) - 1)])


def test_whoever_can_sum_up_anew_still_cannot_change_an_entry() -> None:
    """The last line is no signature; the chain and the root are what hold."""
    entries = chain(3)
    forged = [entries[0], entries[1]._replace(body=entries[1].body.replace(b"active", b"ACTIVE")), entries[2]]
    rewritten = read_segment(write_segment(KEY, NOWHERE, forged))
    with pytest.raises(Invalid, match="Entry 2 was changed"):
        end_of(rewritten.before, rewritten.entries)


@pytest.mark.parametrize(
    "before",
    [
        replace(NOWHERE, size=1),
        replace(NOWHERE, digest="0" * 64),
        Point(0, EMPTY_DIGEST, "2027-01-01T00:00:00.000000Z"),
        Point(0, EMPTY_DIGEST, "", ("00" * 32,)),
        Point(0, EMPTY_DIGEST, "", ("no hex",)),
        Point(-1, EMPTY_DIGEST, ""),
    ],
)
def test_a_title_that_claims_another_beginning_is_refused(before: Point) -> None:
    """Its entries do not go on from there."""
    with pytest.raises(Invalid):
        segment = read_segment(write_segment(KEY, before, chain(3)))
        end_of(segment.before, segment.entries)


def test_nonsense_is_no_segment() -> None:
    """Whole by its last line, and still nothing this version reads."""
    good = write_segment(KEY, NOWHERE, chain(1))
    title = json.loads(good.splitlines()[0])
    for lines in (
        [],
        [b"[]"],
        [b"7", b"8"],
        [json.dumps(title | {"format": "x/9"}).encode(), good.splitlines()[1]],
    ):
        from broker.archive.copying.segment import _end

        told = b"".join(line + b"\n" for line in lines)
        with pytest.raises(Invalid):
            read_segment(told + _end(told))


@pytest.mark.parametrize(
    ("name", "stretch"),
    [
        (segment_name(1, 10), (1, 10)),
        (segment_name(10**11, 10**11), (10**11, 10**11)),
        ("segments/000000000010-000000000001.jsonl", None),
        ("segments/000000000000-000000000001.jsonl", None),
        ("segments/1-2.jsonl", None),
        ("segments/٠٠٠٠٠٠٠٠٠٠٠١-000000000002.jsonl", None),
        ("checkpoints/000000000001-000000000010.jsonl", None),
        ("segments/000000000001-000000000010.jsonl.bak", None),
    ],
)
def test_a_name_says_which_entries(name: str, stretch: tuple[int, int] | None) -> None:
    """And is nothing when it is not exactly such a name."""
    assert stretch_of(name) == stretch
