"""Whatever is done to a sealed file, it is refused: never a wrong byte, never a shorter file."""

from __future__ import annotations

import hashlib
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.vault.layout import TAG_SIZE, SealBroken, parse_header
from tests.vault.sealed_bytes import CHUNK, everything, opened, sealed

PLAIN = hashlib.shake_256(b"plain").digest(5 * CHUNK + 10)
SEALED = sealed(PLAIN)
BODY = parse_header(SEALED).body_offset
STEP = CHUNK + TAG_SIZE


def _chunk(content: bytes, index: int) -> bytes:
    return content[BODY + index * STEP : BODY + (index + 1) * STEP]


@pytest.mark.parametrize("at", range(len(SEALED)))
def test_every_single_byte_matters(at):
    """An edit of any byte at all, header, tag or body, is refused."""
    edited = bytearray(SEALED)
    edited[at] ^= 0x01
    with pytest.raises(SealBroken):
        everything(bytes(edited))


@given(cut=st.integers(0, len(SEALED) - 1))
def test_a_truncated_file_does_not_open(cut):
    """A file cut anywhere, at a chunk's border too, is refused before a byte is read from it."""
    with pytest.raises(SealBroken):
        opened(SEALED[:cut])


def test_a_lengthened_file_does_not_open():
    """Bytes behind the end are refused as well."""
    with pytest.raises(SealBroken):
        opened(SEALED + bytes(STEP))


def test_a_cut_hidden_by_a_shorter_length_does_not_open():
    """Cutting whole chunks and lowering the length in the header to match is refused."""
    kept = 3 * CHUNK
    forged = SEALED[:13] + struct.pack(">Q", kept) + SEALED[21 : BODY + 3 * STEP]
    assert parse_header(forged).length == kept
    assert parse_header(forged).sealed_size == len(forged)
    with pytest.raises(SealBroken):
        opened(forged)


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 3), (2, 4)])
def test_swapped_chunks_are_refused(one, other):
    """Two chunks of the same file that changed places are refused."""
    chunks = [_chunk(SEALED, index) for index in range(6)]
    chunks[one], chunks[other] = chunks[other], chunks[one]
    with pytest.raises(SealBroken):
        everything(SEALED[:BODY] + b"".join(chunks))


def test_a_repeated_chunk_is_refused():
    """A chunk copied over its neighbour is refused."""
    with pytest.raises(SealBroken):
        everything(SEALED[:BODY] + _chunk(SEALED, 0) + SEALED[BODY : BODY + STEP] + SEALED[BODY + 2 * STEP :])


def test_a_chunk_of_another_file_is_refused():
    """A chunk sealed with the same key for another file, at the same place, is refused."""
    other = sealed(PLAIN)
    mixed = SEALED[: BODY + STEP] + _chunk(other, 1) + SEALED[BODY + 2 * STEP :]
    with pytest.raises(SealBroken):
        everything(mixed)


def test_a_file_does_not_open_under_another_id():
    """A sealed file moved to another recording's place is refused, renamed in its header or not."""
    other = "rec_99887766554433221100"
    with pytest.raises(SealBroken):
        opened(SEALED, name=other)
    renamed = SEALED.replace(b"rec_00112233445566778899", other.encode())
    with pytest.raises(SealBroken):
        opened(renamed, name=other)


def test_a_wrong_key_opens_nothing():
    """A wrong data key is noticed when the file is opened, not at some later chunk."""
    with pytest.raises(SealBroken):
        opened(SEALED, key=bytes(32))


@given(noise=st.binary(max_size=300))
def test_noise_does_not_open(noise):
    """Bytes that were never a sealed file are refused in the same words."""
    with pytest.raises(SealBroken):
        opened(noise)


def test_good_chunks_before_a_bad_one_still_end_in_a_refusal():
    """Reading stops with an error at the bad chunk; no byte of it is handed out."""
    edited = bytearray(SEALED)
    edited[BODY + 2 * STEP] ^= 0x80
    reader, got = opened(bytes(edited)), io.BytesIO()
    with pytest.raises(SealBroken):
        got.writelines(reader.read_range(0, len(PLAIN)))
    assert got.getvalue() == PLAIN[: 2 * CHUNK]
