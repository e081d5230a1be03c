"""A batch as lines at the end of a file that others rotate. Flushed to the disk is had."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path

from broker.feeds.channels.answer import Answer, Batch
from broker.feeds.feed import Feed
from broker.feeds.formats.about import Teller
from broker.feeds.formats.choose import Format, as_lines

MOST = 500
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
# For the group too, as whoever ships logs is seldom the broker.
_MODE = 0o640
# How the first line of a file of ours begins; JSON where nothing else is said.
_BEGINS = {Format.CEF: b"C", Format.SYSLOG: b"<"}
_WORDS = {
    errno.ENOSPC: "The disk is full.",
    errno.EDQUOT: "The disk is full.",
    errno.ELOOP: "The file is a link.",
}


class _SomethingElseError(Exception):
    pass


def send(feed: Feed, teller: Teller, batch: Batch) -> Answer:
    lines = [line for entry, about in batch for line in as_lines(feed.format, entry, about, teller)]
    try:
        _append(
            Path(feed.target), "".join(f"{line}\n" for line in lines).encode(), _BEGINS.get(feed.format, b"{")
        )
    except _SomethingElseError:
        return Answer(fault="The file holds something else.")
    except OSError as error:
        return Answer(fault=_WORDS.get(error.errno or 0, "The file cannot be written."))
    return Answer(taken=len(batch))


def _append(path: Path, text: bytes, begins: bytes) -> None:
    made = not path.exists()
    file = os.open(path, _FLAGS, _MODE)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "no plain file")
        fcntl.flock(file, fcntl.LOCK_EX)
        # A path typed wrong may be that of a database.
        if os.pread(file, 1, 0) not in {b"", begins}:
            raise _SomethingElseError
        _whole(file, text)
        os.fsync(file)
    finally:
        os.close(file)
    if made:
        _remember_name(path)


def _whole(file: int, text: bytes) -> None:
    """All of ``text`` or nothing; a line that a crash tore is ended first."""
    before = os.fstat(file).st_size
    torn = before > 0 and os.pread(file, 1, before - 1) != b"\n"
    left = memoryview(b"\n" + text if torn else text)
    try:
        while left:
            left = left[os.write(file, left) :]
    except OSError:
        os.ftruncate(file, before)
        raise


def _remember_name(path: Path) -> None:
    """A new file is lost with the power unless its folder was flushed too."""
    path.chmod(_MODE)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
