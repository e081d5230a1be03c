"""Opens a sealed file at any offset, one chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.vault.layout import LONGEST_HEADER, TAG_SIZE, SealBroken, parse_header
from broker.vault.storage import SealedObject


class EncryptedReader:
    """Random access to the plaintext of one sealed file; ``size`` counts plaintext bytes.

    The constructor proves header, length, id and key before it returns; each
    chunk is proved when it is read. Anything else raises SealBroken, and no
    byte that failed its proof is ever handed out.
    """

    def __init__(self, sealed: SealedObject, *, data_key: bytes, holding_id: str) -> None:
        self._sealed = sealed
        self._aead = AESGCM(data_key)
        self.header_bytes = b""
        raw = sealed.read_at(0, LONGEST_HEADER + TAG_SIZE)
        self._header = header = parse_header(raw)
        if header.holding_id != holding_id or header.sealed_size != sealed.size:
            raise SealBroken
        self.header_bytes = raw[: header.body_offset - TAG_SIZE]
        self._open(header.header_nonce, raw[len(self.header_bytes) : header.body_offset])
        self.size = header.length
        self.chunk_size = header.chunk_size

    def read_to_chunk_end(self, start: int) -> bytes:
        """Plaintext from ``start`` to the end of the chunk it lies in; empty at the end of the file."""
        if not 0 <= start < self.size:
            return b""
        index, skip = divmod(start, self.chunk_size)
        plain = self._chunk(index)
        return plain[skip:] if skip else plain

    def read_range(self, start: int, length: int) -> Iterator[bytes]:
        """The plaintext of a range, cut off at the end of the file, one chunk's part at a time."""
        end = min(start + length, self.size)
        while 0 <= start < end:
            part = self.read_to_chunk_end(start)[: end - start]
            yield part
            start += len(part)

    def close(self) -> None:
        self._sealed.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _chunk(self, index: int) -> bytes:
        offset, length = self._header.place(index)
        return self._open(self._header.nonce(index), self._sealed.read_at(offset, length))

    def _open(self, nonce: bytes, sealed: bytes) -> bytes:
        try:
            return self._aead.decrypt(nonce, sealed, self.header_bytes)
        except InvalidTag as error:
            raise SealBroken from error
