"""The file records are put aside in: room for it is taken at the start, so that it can be written on a full disk.

Behind the last line stand zero bytes. Every change is made under a lock that
all processes on this folder share, and is on the disk before it is answered.
"""

from __future__ import annotations

import fcntl
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from broker.access.late.lines import TORN

ROOM = 4 * 1024 * 1024
"""Bytes kept free: some ten thousand records."""
_HEAD = 128


class SpoolFile:
    """One process's hold on the file. OSError says that it cannot be used."""

    def __init__(self, path: Path, room: int = ROOM) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, self._descriptor)
        self._room = room
        self._threads = threading.Lock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes meanwhile, in this process or another."""
        with self._threads:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def make_room(self) -> bool:
        """Whether the room is kept. A disk that is full already, or cannot promise it, keeps none."""
        if self.has_room():
            return True
        with suppress(OSError), self.locked():
            os.posix_fallocate(self._descriptor, 0, self._room)
            os.fsync(self._descriptor)
        return self.has_room()

    def has_room(self) -> bool:
        found = os.fstat(self._descriptor)
        return found.st_size >= self._room and found.st_blocks * 512 >= self._room

    def content(self) -> bytes:
        """Everything before the first zero byte."""
        pieces, place = [], 0
        while piece := os.pread(self._descriptor, 64 * 1024, place):
            written, zero, _ = piece.partition(b"\0")
            pieces.append(written)
            if zero:
                break
            place += len(piece)
        return b"".join(pieces)

    def unchanged_since(self, content: bytes) -> bool:
        """Whether it still holds exactly ``content``: one or two small reads, whatever it holds."""
        head, end = content[:_HEAD], len(content)
        found = os.pread(self._descriptor, _HEAD, 0)
        if found.rstrip(b"\0") != head if end < _HEAD else found != head:
            return False
        return os.pread(self._descriptor, 1, end) in {b"", b"\0"}

    def append(self, content: bytes, lines: bytes) -> None:
        """Put ``lines`` behind ``content``, which it holds; under ``locked``."""
        mend = TORN if content and not content.endswith(b"\n") else b""
        place, rest = len(content), memoryview(mend + lines)
        while rest:
            written = os.pwrite(self._descriptor, rest, place)
            place, rest = place + written, rest[written:]
        os.fsync(self._descriptor)

    def empty(self) -> None:
        """Forget everything and take the room anew; under ``locked``. Cut short, it is empty and without room."""
        os.ftruncate(self._descriptor, 0)
        with suppress(OSError):
            os.posix_fallocate(self._descriptor, 0, self._room)
        os.fsync(self._descriptor)
