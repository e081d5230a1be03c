"""Whoever sends drop by drop, or says nothing of how much, keeps no ledger from being vouched for."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.fakes.growing_log import GrowingLog, key_of
from tests.witness.running import Running, running


def begun(witness: Running, head: bytes) -> socket.socket:
    """A connection on which a request was begun and nothing more comes."""
    place = urlsplit(witness.url)
    connection = socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=30)
    connection.sendall(head)
    return connection


def test_callers_that_hang_are_let_go(tmp_path: Path) -> None:
    """With more hanging bodies than threads, an honest call is answered as soon as patience with them is over."""
    log = GrowingLog.of(3)
    with running(tmp_path / "w", key_of().public.vkey, threads=2, calls_a_minute=1000) as witness:
        head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 500\r\n\r\nold 0\n"
        hanging = [begun(witness, head) for _ in range(4)]
        try:
            started = time.monotonic()
            with socket.create_connection(hanging[0].getpeername(), timeout=60) as honest:
                body = log.body(0, 3)
                honest.sendall(
                    b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n"
                    + f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                assert honest.recv(15) == b"HTTP/1.1 200 OK"
            assert time.monotonic() - started < 45
        finally:
            for each in hanging:
                each.close()


def test_a_body_of_unknown_length_is_not_read(tmp_path: Path) -> None:
    """Chunks without end would be."""
    with running(tmp_path / "w", key_of().public.vkey) as witness:
        head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nold 0\r\n"
        with begun(witness, head) as connection:
            assert connection.recv(12) == b"HTTP/1.1 411"
