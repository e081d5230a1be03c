"""Seals a stream: AES-256-GCM over numbered chunks, so that any of them opens alone."""

from __future__ import annotations

import os
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.errors import Invalid
from broker.vault.layout import CHUNK_SIZE, MOST_CHUNKS, PREFIX_SIZE, Header


def encrypt(
    source: BinaryIO,
    sink: BinaryIO,
    *,
    length: int,
    holding_id: str,
    data_key: bytes,
    chunk_size: int = CHUNK_SIZE,
) -> Header:
    """Write ``source`` sealed to ``sink`` and answer the header written.

    ``data_key`` is 32 bytes and serves this one file. Raises Invalid when
    ``source`` does not hold exactly ``length`` bytes; what is in ``sink`` by
    then is worthless and must be thrown away.
    """
    header = Header(holding_id, length, os.urandom(PREFIX_SIZE), chunk_size)
    if header.chunk_count > MOST_CHUNKS:
        raise Invalid("This file is too large to be stored.")
    aead, bound = AESGCM(data_key), header.packed()
    sink.write(bound)
    sink.write(aead.encrypt(header.header_nonce, b"", bound))
    for index in range(header.chunk_count):
        plain = _read_exactly(source, min(chunk_size, length - index * chunk_size))
        sink.write(aead.encrypt(header.nonce(index), plain, bound))
    if source.read(1):
        raise Invalid("The file is longer than announced, so it was not stored.")
    return header


def _read_exactly(source: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = source.read(size)
        if not part:
            raise Invalid("The file ended before its announced length, so it was not stored.")
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
