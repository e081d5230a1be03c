"""Sealing follows the documented format and refuses a stream of the wrong length."""

from __future__ import annotations

import io

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.errors import Invalid
from broker.vault.cipher import encrypt
from tests.vault.sealed_bytes import KEY, NAME, everything, sealed


class Trickle(io.RawIOBase):
    """Gives at most three bytes a read, as a pipe may."""

    def __init__(self, content: bytes) -> None:
        self._rest = content

    def read(self, size: int = -1) -> bytes:
        part, self._rest = self._rest[: min(size, 3)], self._rest[min(size, 3) :]
        return part


def test_an_outsider_can_open_it_from_the_document_alone():
    """The bytes are what docs/recording-format.md says, opened here without the vault's own reader."""
    content = sealed(b"x" * 100, chunk_size=64)
    assert content[:9] == b"EABSEAL\n\x01"
    assert int.from_bytes(content[9:13], "big") == 64
    assert int.from_bytes(content[13:21], "big") == 100
    prefix, name_size = content[21:28], content[28]
    header = content[: 29 + name_size]
    assert header[29:] == NAME.encode()
    aead, body = AESGCM(KEY), content[29 + name_size :]
    assert aead.decrypt(prefix + b"\0\0\0\0\x02", body[:16], header) == b""
    assert aead.decrypt(prefix + b"\0\0\0\0\x00", body[16 : 16 + 80], header) == b"x" * 64
    assert aead.decrypt(prefix + b"\0\0\0\x01\x01", body[96:], header) == b"x" * 36


def test_short_reads_of_the_source_do_not_matter():
    """A source that gives a few bytes at a time is sealed whole."""
    plain, sink = bytes(range(200)), io.BytesIO()
    encrypt(Trickle(plain), sink, length=200, holding_id=NAME, data_key=KEY, chunk_size=64)
    assert everything(sink.getvalue()) == plain


@pytest.mark.parametrize("announced", [99, 101, 0, 200])
def test_a_source_of_another_length_is_refused(announced):
    """More or fewer bytes than announced: refused, so the authenticated length is never wrong."""
    with pytest.raises(Invalid):
        encrypt(
            io.BytesIO(bytes(100)),
            io.BytesIO(),
            length=announced,
            holding_id=NAME,
            data_key=KEY,
            chunk_size=64,
        )
