"""A readable stream that asks before every chunk whether the reader may still have it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Self

from broker.errors import Refused
from broker.vault.reader import EncryptedReader


class GuardedStream(io.RawIOBase):
    """A seekable stream over a sealed file, cut short as soon as ``still_allowed`` says no.

    Iterating gives one piece a chunk, each opened once, whatever offset it was
    sought to; ``read`` gives at most the rest of the present chunk. A "no", or
    a question that fails, raises and sends nothing more: the connection ends
    short of its announced length and is never padded.
    """

    def __init__(self, reader: EncryptedReader, still_allowed: Callable[[], bool]) -> None:
        super().__init__()
        self._reader = reader
        self._still_allowed = still_allowed
        self._position = 0
        self._held = b""  # the rest of a chunk already opened, for callers that read in small pieces

    @property
    def size(self) -> int:
        return self._reader.size

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        part = self._take()
        if not part:
            raise StopIteration
        return part

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a stream cannot be sought to before its start")
        self._position, self._held = base + offset, b""
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # the stubs take any buffer
        part = self._take()
        size = min(len(part), len(buffer))
        buffer[:size] = part[:size]
        self._held = part[size:]
        self._position -= len(self._held)
        return size

    def close(self) -> None:
        if not self.closed:
            self._reader.close()
        super().close()

    def _take(self) -> bytes:
        """What is held, or else the rest of the chunk at the position, after asking."""
        part, self._held = self._held, b""
        if not part and self._position < self.size:
            if not self._still_allowed():
                raise Refused("This access has ended.", help="Ask for access again if you still need it.")
            part = self._reader.read_to_chunk_end(self._position)
        self._position += len(part)
        return part
