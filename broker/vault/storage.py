"""What keeps sealed files: a protocol that a local folder meets and an object store can."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class SealedObject(Protocol):
    """One stored file, open for random reads. ``size`` counts sealed bytes."""

    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes; fewer only at the end of the file."""
        ...

    def close(self) -> None: ...


class Storage(Protocol):
    """Keeps sealed files by holding id. It never sees a key or a plaintext byte."""

    def put(self, object_id: str) -> AbstractContextManager[BinaryIO]:
        """A sink; the file exists, whole and durable, once the block ends without an error."""
        ...

    def open(self, object_id: str) -> SealedObject:
        """Raises NotFound when there is no such file, Unavailable when it cannot be read."""
        ...

    def delete(self, object_id: str) -> None:
        """Gone afterwards; a file that was not there is gone already."""
        ...
