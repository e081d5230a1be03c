"""A site that answers exactly as a test says, over a real socket: the fault itself, not a mock of it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from broker.adapters.jws import decode_base64url


class BrokenSite:
    """``behave(connection, call_id)`` gets each connection once the request is read."""

    def __init__(self, behave: Callable[[socket.socket, str], None]) -> None:
        self._behave = behave
        self.calls: list[str] = []
        self.envelopes: list[dict[str, Any]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._behave(connection, self._read(connection))
                except OSError:
                    continue

    def _read(self, connection: socket.socket) -> str:
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += connection.recv(65536)
        head, _, body = raw.partition(b"\r\n\r\n")
        self.calls.append(head.split(b"\r\n")[0].decode())
        lines = (line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:])
        headers = {name.lower(): value for name, value in lines}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65536)
        payload = headers["x-emergency-access-call"].split(".")[1]
        self.envelopes.append(json.loads(decode_base64url(payload)))
        return str(self.envelopes[-1]["jti"])


def answer(
    connection: socket.socket, status: str, body: bytes, content_type: str = "application/json"
) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode() + body)


def answer_json(connection: socket.socket, value: Any, status: str = "200 OK") -> None:
    answer(connection, status, json.dumps(value).encode())


def drip(connection: socket.socket, seconds: float) -> None:
    """Never silent for long, never done."""
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
    )
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        connection.sendall(b" ")
        time.sleep(0.05)
