"""A feed into a file: whole lines, flushed, whoever rotates it and whatever tears it."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from broker.errors import Invalid
from broker.feeds.channels.answer import Answer
from broker.feeds.deliver import FeedDesk, attempt, deliver
from broker.feeds.feed import Kind
from broker.feeds.formats.choose import Format
from broker.ledger.entry import Entry
from tests.fakes.clinic import Clinic
from tests.fakes.small_disk import small_disk
from tests.feeds.conftest import Teach, head, now_of, read


def seqs(path: Path) -> list[int]:
    return [json.loads(line)["seq"] for line in path.read_text().splitlines()]


def test_lines_in_order(desk: FeedDesk, teach: Teach, tmp_path: Path) -> None:
    """One line for each entry, readable for the group and for nobody else."""
    path = tmp_path / "feed.jsonl"
    deliver(desk, teach(Kind.FILE, str(path)).id)
    assert seqs(path) == list(range(1, head(desk) + 1))
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("shape", Format)
def test_every_shape_is_one_line_each(
    clinic: Clinic, desk: FeedDesk, teach: Teach, tmp_path: Path, shape: Format
) -> None:
    """No format breaks its line."""
    path = tmp_path / "feed"
    feed = teach(Kind.FILE, str(path), shape)
    assert attempt(desk, feed, read(clinic)) == Answer(taken=len(read(clinic)))
    assert len(path.read_bytes().split(b"\n")) == len(read(clinic)) + 1


def test_rotated_by_others(desk: FeedDesk, teach: Teach, tmp_path: Path) -> None:
    """A file moved away is begun anew with the next batch."""
    path = tmp_path / "feed.jsonl"
    feed = teach(Kind.FILE, str(path))
    deliver(desk, feed.id)
    path.rename(tmp_path / "feed.1")
    with desk.store.write() as tx:
        last = desk.ledger.append(tx, Entry("person.signed_in", "person_1")).seq
    deliver(desk, feed.id)
    assert seqs(path) == [last]


def test_a_torn_line_is_ended_first(clinic: Clinic, desk: FeedDesk, teach: Teach, tmp_path: Path) -> None:
    """What a crash left half written does not swallow the entry behind it."""
    path = tmp_path / "feed.jsonl"
    path.write_text('{"seq": 1, "half')
    attempt(desk, teach(Kind.FILE, str(path)), read(clinic)[:2])
    assert [json.loads(line)["seq"] for line in path.read_text().splitlines()[1:]] == [1, 2]


def test_a_full_disk_leaves_no_half_batch(
    clinic: Clinic, desk: FeedDesk, teach: Teach, tmp_path: Path
) -> None:
    """A real disk without room: nothing of the batch stays, the feed waits and has everything once there is room."""
    with small_disk(tmp_path / "small", 256 * 1024) as folder:
        path, filler = folder / "feed.jsonl", folder / "filler"
        feed = teach(Kind.FILE, str(path))
        filler.write_bytes(bytes(248 * 1024))
        deliver(desk, feed.id)
        assert now_of(desk, feed).fault == "The disk is full."
        assert path.read_bytes() == b""
        filler.unlink()
        clinic.clock.advance(minutes=30)
        deliver(desk, feed.id)
        assert seqs(path) == list(range(1, head(desk) + 1))


@pytest.mark.parametrize("sort", ["link", "folder", "pipe"])
def test_only_a_plain_file(clinic: Clinic, desk: FeedDesk, teach: Teach, tmp_path: Path, sort: str) -> None:
    """A link put in the file's place does not send the feed elsewhere, and a pipe does not hold the broker."""
    path = tmp_path / "feed.jsonl"
    feed = teach(Kind.FILE, str(path))
    match sort:
        case "link":
            (tmp_path / "elsewhere").write_text("")
            path.symlink_to(tmp_path / "elsewhere")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
    assert attempt(desk, feed, read(clinic)[:1]).fault
    assert sort != "link" or (tmp_path / "elsewhere").read_text() == ""


def test_a_file_of_something_else_is_left_alone(
    clinic: Clinic, desk: FeedDesk, teach: Teach, tmp_path: Path
) -> None:
    """A path typed wrong that is a database harms nothing."""
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
    before = path.read_bytes()
    feed = teach(Kind.FILE, str(path))
    assert attempt(desk, feed, read(clinic)[:1]) == Answer(fault="The file holds something else.")
    assert path.read_bytes() == before


@pytest.mark.parametrize("target", ["feed.jsonl", "/no/such/folder/feed", "/", "/tmp/\nfeed"])
def test_a_path_that_cannot_be_written(teach: Teach, target: str) -> None:
    """Found out when it is typed in."""
    with pytest.raises(Invalid):
        teach(Kind.FILE, target)
