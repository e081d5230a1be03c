"""Lines that say what ended: signed, chained, and never believed when somebody else wrote them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.access.late.lines import TORN, line_of, read_lines
from broker.access.late.record import Late, ended, told

KEY, OTHER = bytes(range(32)), bytes(32)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def records(count: int) -> list[Late]:
    return [ended(f"grant_{n}", "handed_back", actor="person_1", at=NOON, now=NOON) for n in range(count)]


def written(some: list[Late], key: bytes = KEY) -> bytes:
    content, after = b"", ""
    for each in some:
        line, after = line_of(each, key, after)
        content += line
    return content


def test_what_was_written_is_read() -> None:
    """In order, word for word."""
    some = [*records(3), told("grant_1", "clinic", read_back=True, at=NOON)]
    read = read_lines(written(some), KEY)
    assert (list(read.records), read.refused, read.gaps) == (some, (), 0)


def test_a_line_that_was_cut_short_says_nothing_and_hides_nothing() -> None:
    """At every byte of the last line; closed later, the lines after it count."""
    some = records(2)
    whole, first = written(some), written(some[:1])
    for end in range(len(first), len(whole)):
        read = read_lines(whole[:end], KEY)
        assert (list(read.records), read.refused) == (some[:1], ())
        if end > len(first):
            line, _ = line_of(records(1)[0], KEY, read.last)
            mended = read_lines(whole[:end] + TORN + line, KEY)
            assert (len(mended.records), mended.refused, mended.gaps) == (2, (), 0)


def test_every_flipped_byte_is_refused_or_harmless() -> None:
    """No edit makes a line say something else."""
    some = records(2)
    whole = written(some)
    for place in range(len(whole)):
        edited = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        read = read_lines(edited, KEY)
        assert all(each in some for each in read.records)


def test_a_line_of_another_key_is_refused() -> None:
    """Whoever can write to the folder and has no key ends and revives nothing."""
    forged = written(records(1), OTHER)
    read = read_lines(forged, KEY)
    assert (read.records, read.refused) == ((), (forged,))


@pytest.mark.parametrize("place", [0, 1])
def test_a_missing_line_is_noticed_and_the_others_count(place: int) -> None:
    """An end that stands there is never doubted because another one is gone."""
    some = records(3)
    lines = written(some).splitlines(keepends=True)
    del lines[place]
    read = read_lines(b"".join(lines), KEY)
    assert (len(read.records), read.gaps) == (2, 1)


def test_swapped_lines_are_noticed() -> None:
    """Their order is part of what is signed."""
    first, second = written(records(2)).splitlines(keepends=True)
    assert read_lines(second + first, KEY).gaps > 0


def test_a_line_twice_is_one_record() -> None:
    """A replayed line changes nothing."""
    content = written(records(1))
    assert len(read_lines(content + content, KEY).records) == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_read(content: bytes) -> None:
    """Nonsense is refused and never stops the reading of what follows."""
    good = written(records(1))
    read = read_lines(content.replace(b"\n", b"") + b"\n" + good, KEY)
    assert len(read.records) == 1


@pytest.mark.parametrize("said", [1, [], {}, {"mac": 1}, {"mac": "x", "record": []}, None])
def test_json_of_another_shape_is_refused(said: object) -> None:
    """Of whatever shape."""
    line = json.dumps(said).encode() + b"\n"
    assert read_lines(line, KEY).refused == (line,)
