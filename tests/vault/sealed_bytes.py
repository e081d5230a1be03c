"""A sealed file held in memory, so that a test can cut and edit it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from broker.vault.cipher import encrypt
from broker.vault.reader import EncryptedReader

KEY = bytes(range(32))
NAME = "rec_00112233445566778899"
CHUNK = 64


@dataclass
class SealedBytes:
    """Meets SealedObject and remembers every read."""

    content: bytes
    reads: list[tuple[int, int]] = field(default_factory=list)
    closed: bool = False

    @property
    def size(self) -> int:
        return len(self.content)

    def read_at(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self.content[offset : offset + length]

    def close(self) -> None:
        self.closed = True


def sealed(plain: bytes, *, name: str = NAME, key: bytes = KEY, chunk_size: int = CHUNK) -> bytes:
    sink = io.BytesIO()
    encrypt(io.BytesIO(plain), sink, length=len(plain), holding_id=name, data_key=key, chunk_size=chunk_size)
    return sink.getvalue()


def opened(content: bytes, *, name: str = NAME, key: bytes = KEY) -> EncryptedReader:
    return EncryptedReader(SealedBytes(content), data_key=key, holding_id=name)


def everything(content: bytes, *, name: str = NAME, key: bytes = KEY) -> bytes:
    reader = opened(content, name=name, key=key)
    return b"".join(reader.read_range(0, reader.size))
