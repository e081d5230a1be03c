"""HTTP clients that cost little beside what they measure: a socket that is kept open, requests made beforehand."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BUFFER = 2 * 1024 * 1024
_NO_BODY = (204, 304)


@dataclass(frozen=True)
class Answer:
    """``body`` lies in the connection's buffer and is good until the next request."""

    status: int
    head: bytes
    body: memoryview


class Wire:
    """One kept-open connection to loopback; answers may be as long as its buffer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, request: bytes) -> Answer:
        self._socket.sendall(request)
        end, got = -1, 0
        while end < 0:
            got += self._receive(got)
            end = self._buffer.find(b"\r\n\r\n", 0, got)
        head, body = bytes(self._view[:end]), end + 4
        status = int(head[9:12])
        length = _LENGTH.search(head)
        last = body + (int(length[1]) if length and status not in _NO_BODY else 0)
        while got < last:
            got += self._receive(got)
        return Answer(status, head, self._view[body:last])

    def _receive(self, at: int) -> int:
        size = self._socket.recv_into(self._view[at:])
        if not size:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        return size


def get(path: str, **headers: str) -> bytes:
    """A GET request; underscores in header names become hyphens."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def post(path: str, form: str, **headers: str) -> bytes:
    """A POST of an encoded form; underscores in header names become hyphens."""
    about = {**headers, "Content_Type": "application/x-www-form-urlencoded", "Content_Length": str(len(form))}
    return get(path, **about).replace(b"GET", b"POST", 1) + form.encode()


def time_of(port: int, requests: Sequence[bytes], clients: int, status: int) -> float:
    """Seconds until all of ``requests`` are answered, sent by ``clients`` at once; every answer has ``status``."""
    ready = threading.Barrier(clients + 1)

    def run(own: Sequence[bytes]) -> None:
        with Wire(port) as wire:
            ready.wait(30)
            for request in own:
                answer = wire.send(request)
                if answer.status != status:
                    raise RuntimeError(f"answered {answer.status} and not {status}: {request[:80]!r}")

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(run, requests[number::clients]) for number in range(clients)]
        ready.wait(30)
        began = time.perf_counter()
        for each in running:
            each.result()
        return time.perf_counter() - began
