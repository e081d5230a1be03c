"""A receiver as other software runs one: it checks each event by the published keys and answers as told."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.fakes.signing_keys import KeysInMemory

PATIENCE_S = 10


@dataclass
class ReceiverServer:
    """``answer`` is what it says next: a status, ``drip`` for a byte a while, ``silent`` for nothing at all."""

    keys: KeysInMemory
    audience: str
    answer: int | str = 202
    err: str = "invalid_key"
    retry_after: str = ""
    authorization: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    calls: int = 0

    def __post_init__(self) -> None:
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/events"

    def events(self, uri: str) -> list[dict[str, Any]]:
        """The events of one type it took, each with its whole set of claims under ``set``."""
        return [{**each["events"][uri], "set": each} for each in self.taken if uri in each["events"]]

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def check(self, text: str) -> dict[str, Any]:
        """The claims, or JoseError."""
        published = KeySet.import_key_set(self.keys.published().as_dict())
        token = jwt.decode(text, published, algorithms=["ES256"])
        assert token.header["typ"] == "secevent+jwt"
        assert token.claims["aud"] == self.audience
        return dict(token.claims)


def _handler_for(server: ReceiverServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"told": server})


class _Handler(BaseHTTPRequestHandler):
    told: ReceiverServer

    def do_POST(self) -> None:
        self.told.calls += 1
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.told.headers.append(dict(self.headers))
        answers = {"silent": self._wait, "drip": self._drip}
        if self.told.answer == 202:
            self._take(body)
        elif isinstance(self.told.answer, str):
            answers[self.told.answer]()
        else:
            self._say(self.told.answer)

    def _wait(self) -> None:
        self.told.released.wait(PATIENCE_S)

    def _take(self, body: str) -> None:
        wanted = self.told.authorization
        if wanted and self.headers.get("Authorization") != wanted:
            self.told.err = "authentication_failed"
            self._say(400)
            return
        try:
            claims = self.told.check(body)
        except JoseError:
            self._say(400)
            return
        if claims["jti"] not in {each["jti"] for each in self.told.taken}:
            self.told.taken.append(claims)
        self._say(202)

    def _say(self, status: int) -> None:
        words = {"err": self.told.err, "description": "No.\r\nSecond line"}
        fault = json.dumps(words) if status == 400 else ""
        self.send_response(status)
        if self.told.retry_after:
            self.send_header("Retry-After", self.told.retry_after)
        if status == 302:
            self.send_header("Location", self.told.url)
        self.send_header("Content-Length", str(len(fault)))
        self.end_headers()
        self.wfile.write(fault.encode())

    def _drip(self) -> None:
        self.send_response(500)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        with suppress(OSError):
            while not self.told.released.is_set():
                self.wfile.write(b".")
                self.wfile.flush()
                time.sleep(0.05)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
