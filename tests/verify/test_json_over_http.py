"""A line to the broker: kept open between questions, mended once, and never waited at for long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from broker.verify import json_over_http
from broker.verify.json_over_http import Line, NoAnswer

GOOD = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'
COOKIE = GOOD.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n")

Talk = Callable[[socket.socket], None]


@contextmanager
def _listening(talk: Talk) -> Iterator[str]:
    """Speaks to each caller as ``talk`` does, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(1)
                    with suppress(OSError):
                        talk(caller)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            done.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_connection_is_kept() -> None:
    """Three questions, one connection."""
    heard: list[bytes] = []

    def talk(caller: socket.socket) -> None:
        while request := caller.recv(65536):
            heard.append(request)
            caller.sendall(GOOD)

    with _listening(talk) as address:
        line = Line(address)
        assert [line.get() for _ in range(3)] == [{"a": 1}] * 3
        line.close()
    assert len(heard) == 3


def test_a_connection_closed_meanwhile_is_mended() -> None:
    """The broker hangs up between two questions, or just as the second arrives: it is asked again."""
    callers = 0

    def talk(caller: socket.socket) -> None:
        nonlocal callers
        callers += 1
        caller.recv(65536)
        caller.sendall(GOOD)
        caller.recv(65536)  # the next question, which is not answered

    with _listening(talk) as address:
        line = Line(address)
        assert [line.get() for _ in range(3)] == [{"a": 1}] * 3
        line.close()
    assert callers == 3


def test_silence_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever accepts and says nothing holds a request up for seconds, not for ever."""
    monkeypatch.setattr(json_over_http, "TIMEOUT", (0.2, 0.2))
    begun = time.monotonic()
    with _listening(lambda caller: caller.recv(65536) and time.sleep(0.5)) as address:
        line = Line(address)
        with pytest.raises(NoAnswer):
            line.post({"token": "a"}, client="b", secret="c")
        line.close()
    assert time.monotonic() - begun < 5


def test_no_cookie_is_taken() -> None:
    """What one answer sets is not sent with the next question."""
    heard: list[bytes] = []

    def talk(caller: socket.socket) -> None:
        while request := caller.recv(65536):
            heard.append(request)
            caller.sendall(COOKIE)

    with _listening(talk) as address:
        line = Line(address)
        line.get()
        line.get()
        line.close()
    assert b"cookie" not in heard[1].lower()
