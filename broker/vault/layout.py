"""The sealed file's header and how chunks lie after it (docs/recording-format.md)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from broker.errors import Unavailable

MAGIC = b"EABSEAL\n"
VERSION = 1
CHUNK_SIZE = 64 * 1024
LARGEST_CHUNK = 1024 * 1024
TAG_SIZE = 16
PREFIX_SIZE = 7
MOST_CHUNKS = 2**32

_FIXED = struct.Struct(">8sBIQ7sB")
LONGEST_HEADER = _FIXED.size + 255


class SealBroken(Unavailable):
    """Stored bytes are not the ones that were put away: edited, cut, swapped or read with a wrong key."""

    help = "Nothing was shown. Tell the security team; the stored file must be compared with a backup."

    def __init__(self) -> None:
        # One sentence for every fault: which check failed helps only whoever is trying.
        super().__init__("This cannot be shown: its stored form is not what was put away.")


@dataclass(frozen=True)
class Header:
    """What every chunk is bound to. ``length`` counts plaintext bytes."""

    holding_id: str
    length: int
    nonce_prefix: bytes
    chunk_size: int = CHUNK_SIZE

    def packed(self) -> bytes:
        name = self.holding_id.encode("ascii")
        fixed = _FIXED.pack(MAGIC, VERSION, self.chunk_size, self.length, self.nonce_prefix, len(name))
        return fixed + name

    @property
    def chunk_count(self) -> int:
        return -(-self.length // self.chunk_size)

    @property
    def body_offset(self) -> int:
        """Where chunk 0 begins: after the header and the tag that seals it."""
        return _FIXED.size + len(self.holding_id) + TAG_SIZE

    @property
    def sealed_size(self) -> int:
        """Bytes of the whole sealed file."""
        return self.body_offset + self.length + self.chunk_count * TAG_SIZE

    def place(self, index: int) -> tuple[int, int]:
        """Offset and length of chunk ``index`` in the sealed file, its tag included."""
        plain = min(self.chunk_size, self.length - index * self.chunk_size)
        return self.body_offset + index * (self.chunk_size + TAG_SIZE), plain + TAG_SIZE

    def nonce(self, index: int) -> bytes:
        last = index == self.chunk_count - 1
        return self.nonce_prefix + index.to_bytes(4, "big") + (b"\x01" if last else b"\x00")

    @property
    def header_nonce(self) -> bytes:
        """A nonce no chunk can have: the flag byte is neither 0 nor 1."""
        return self.nonce_prefix + bytes(4) + b"\x02"


def parse_header(raw: bytes) -> Header:
    """The header at the start of ``raw``; SealBroken if there is none. Nothing is authenticated yet."""
    if len(raw) < _FIXED.size:
        raise SealBroken
    magic, version, chunk_size, length, prefix, name_size = _FIXED.unpack_from(raw)
    name = raw[_FIXED.size : _FIXED.size + name_size]
    known = magic == MAGIC and version == VERSION
    if not known or not 0 < chunk_size <= LARGEST_CHUNK or len(name) < name_size or not name.isascii():
        raise SealBroken
    return Header(name.decode("ascii"), length, prefix, chunk_size)
