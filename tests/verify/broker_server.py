"""Something that answers as a broker would, over a socket, and counts what it is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]


@dataclass
class BrokerServer:
    """``answer`` is status, headers and body; set it anew between questions."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], tuple[int, dict[str, str], bytes]] = lambda _: (404, {}, b"")

    def says(self, document: Any, status: int = 200, **headers: str) -> None:
        self.answers(json.dumps(document).encode(), status, **headers)

    def answers(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.answer = lambda _: (status, headers, body)


@contextmanager
def serving() -> Iterator[BrokerServer]:
    broker = BrokerServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(broker))
    broker.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield broker
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(broker: BrokerServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked = Asked(self.command, self.path, dict(self.headers), parse_qs(body))
            broker.asked.append(asked)
            status, headers, content = broker.answer(asked)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
