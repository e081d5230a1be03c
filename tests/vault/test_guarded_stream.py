"""A stream that is asked about before every chunk, alone and behind real Range handling."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.test import create_environ, run_wsgi_app
from werkzeug.wrappers import Response

from broker.errors import Refused, Unavailable
from broker.vault.guarded_stream import GuardedStream
from broker.vault.reader import EncryptedReader
from tests.vault.sealed_bytes import CHUNK, KEY, NAME, SealedBytes, sealed

PLAIN = hashlib.shake_256(b"plain").digest(1000)
SEALED = sealed(PLAIN)


class Gate:
    """Says yes a given number of times, then no; counts how often it was asked."""

    def __init__(self, times: int = 10_000) -> None:
        self.times, self.asked = times, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked <= self.times


def _stream(gate: Callable[[], bool], stored: SealedBytes | None = None) -> GuardedStream:
    reader = EncryptedReader(stored or SealedBytes(SEALED), data_key=KEY, holding_id=NAME)
    return GuardedStream(reader, gate)


def _answer(stream: GuardedStream, method: str = "GET", **headers: str) -> Response:
    environ = create_environ(method=method, headers=headers)
    response = Response(stream, direct_passthrough=True, mimetype="audio/wav")
    response.content_length = stream.size
    response.set_etag("abc")
    response.make_conditional(environ, accept_ranges=True, complete_length=stream.size)
    app_iter, status, sent = run_wsgi_app(response, environ)
    body = b"".join(app_iter)
    app_iter.close()
    return Response(body, status=status, headers=sent)


@given(moves=st.lists(st.tuples(st.integers(0, 1100), st.integers(0, 300)), max_size=8))
def test_seeking_and_reading_is_like_a_plain_file(moves):
    """Any sequence of seeks and reads gives what the plain file gives."""
    ours, plain = io.BufferedReader(_stream(Gate())), io.BytesIO(PLAIN)
    for offset, size in moves:
        assert ours.seek(offset) == plain.seek(offset)
        assert ours.read(size) == plain.read(size)
        assert ours.tell() == plain.tell()


def test_seeking_from_here_and_from_the_end():
    """Every kind of seek a file knows is known here, and none goes before the start."""
    stream = _stream(Gate())
    stream.seek(10)
    assert stream.seek(5, io.SEEK_CUR) == 15
    assert stream.seek(-3, io.SEEK_END) == 997
    assert stream.read(10) == PLAIN[-3:]
    with pytest.raises(ValueError, match="before its start"):
        stream.seek(-1)


def test_a_seek_forgets_what_was_held():
    """After a small read a seek elsewhere gives the bytes from there, not the rest of the old chunk."""
    stream = _stream(Gate())
    stream.read(7)
    stream.seek(500)
    assert stream.read(7) == PLAIN[500:507]


def test_a_no_stops_within_one_chunk():
    """Once the answer is no, not one byte more comes, and the reader is told so by an error."""
    stream, got = _stream(Gate(times=3)), io.BytesIO()
    with pytest.raises(Refused):
        got.writelines(stream)
    assert got.getvalue() == PLAIN[: 3 * CHUNK]


def test_a_no_at_the_start_reads_nothing():
    """Refused before the first chunk: the stored file is not even read."""
    stored = SealedBytes(SEALED)
    stream = _stream(Gate(times=0), stored)
    stored.reads.clear()
    with pytest.raises(Refused):
        stream.read(1)
    assert stored.reads == []


def test_a_question_that_fails_is_a_no():
    """When nobody can say whether access still stands, nothing is sent."""

    def broken() -> bool:
        raise Unavailable("The broker's own store cannot be used right now.")

    with pytest.raises(Unavailable):
        next(_stream(broken))


def test_small_reads_open_each_chunk_once():
    """A caller that reads in small pieces costs one question and one decryption a chunk."""
    stored, gate = SealedBytes(SEALED), Gate()
    stream = _stream(gate, stored)
    stored.reads.clear()
    assert b"".join(iter(lambda: stream.read(7), b"")) == PLAIN
    assert gate.asked == len(stored.reads) == -(-len(PLAIN) // CHUNK)


@given(start=st.integers(0, 999), length=st.integers(1, 1000))
def test_a_range_request_gets_the_slice_and_opens_its_chunks_once(start, length):
    """206 with the very bytes asked for; each chunk in the range is opened once, none outside it."""
    stored, gate = SealedBytes(SEALED), Gate()
    stream = _stream(gate, stored)
    stored.reads.clear()
    end = min(start + length, len(PLAIN)) - 1
    answer = _answer(stream, Range=f"bytes={start}-{end}")
    assert answer.status_code == 206
    assert answer.data == PLAIN[start : end + 1]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/1000"
    assert gate.asked == len(stored.reads) == end // CHUNK - start // CHUNK + 1
    assert stored.closed


@pytest.mark.parametrize(
    ("asked", "start"), [("bytes=990-", 990), ("bytes=-10", 990), ("bytes=990-5000", 990)]
)
def test_open_ended_suffix_and_overlong_ranges(asked, start):
    """The three other shapes a player asks for are answered as RFC 9110 says."""
    answer = _answer(_stream(Gate()), Range=asked)
    assert (answer.status_code, answer.data) == (206, PLAIN[start:])


def test_without_a_range_the_whole_file():
    """A plain GET is 200 with everything, and says that ranges are possible."""
    answer = _answer(_stream(Gate()))
    assert (answer.status_code, answer.data) == (200, PLAIN)
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_head_sends_headers_only():
    """HEAD gives the length, reads nothing and lets the file go."""
    stored, gate = SealedBytes(SEALED), Gate()
    answer = _answer(_stream(gate, stored), method="HEAD")
    assert (answer.status_code, answer.data, gate.asked) == (200, b"", 0)
    assert stored.closed


@pytest.mark.parametrize(("validator", "status"), [('"abc"', 206), ('"old"', 200)])
def test_if_range_falls_back_to_the_whole_file(validator, status):
    """A range of another version is not stitched onto this one."""
    headers = {"Range": "bytes=0-9", "If-Range": validator}
    assert _answer(_stream(Gate()), **headers).status_code == status


def test_an_unsatisfiable_range():
    """A range behind the end is 416."""
    with pytest.raises(RequestedRangeNotSatisfiable):
        _answer(_stream(Gate()), Range="bytes=1000-")


def test_a_range_cut_short_is_never_padded():
    """Access that ends within a range breaks the answer off instead of filling it up."""
    with pytest.raises(Refused):
        _answer(_stream(Gate(times=2)), Range="bytes=0-999")
