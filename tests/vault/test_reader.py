"""Any range of a sealed file is the same range of the plain one."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from broker.vault.reader import EncryptedReader
from tests.vault.sealed_bytes import CHUNK, KEY, NAME, SealedBytes, everything, opened, sealed

PLAIN = hashlib.shake_256(b"plain").digest(1000)


@given(plain=st.binary(max_size=400))
def test_what_was_sealed_comes_back(plain):
    """Every length survives the round trip, the empty file and whole chunks included."""
    assert everything(sealed(plain)) == plain


@given(start=st.integers(0, 1100), length=st.integers(0, 1100))
def test_any_range_equals_the_plain_slice(start, length):
    """A range read from the sealed file is the slice of the plain file, cut at its end."""
    reader = opened(sealed(PLAIN))
    assert b"".join(reader.read_range(start, length)) == PLAIN[start : start + length]


@given(start=st.integers(0, 999), length=st.integers(1, 1000))
def test_each_chunk_of_a_range_is_read_once(start, length):
    """A range touches exactly the chunks it lies in, each a single time."""
    stored = SealedBytes(sealed(PLAIN))
    reader = EncryptedReader(stored, data_key=KEY, holding_id=NAME)
    stored.reads.clear()
    list(reader.read_range(start, length))
    last = min(start + length, len(PLAIN)) - 1
    assert len(stored.reads) == len(set(stored.reads)) == last // CHUNK - start // CHUNK + 1


def test_a_range_before_the_start_is_empty():
    """A negative offset gives nothing rather than the file's end."""
    assert list(opened(sealed(PLAIN)).read_range(-10, 5)) == []


def test_the_plain_bytes_are_not_in_the_sealed_file():
    """No run of plain bytes is left readable, and sealing twice gives different bytes."""
    text = b"a line that must not be found" * 10
    first, second = sealed(text), sealed(text)
    assert text[:16] not in first
    assert first != second
