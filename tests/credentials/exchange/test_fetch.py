"""Keys of issuers are fetched from where an administrator said, in time, and from nowhere else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from broker.clock import SystemClock
from broker.credentials.exchange.fetch import LARGEST, fetch_text
from broker.errors import Unavailable


class _Issuer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/keys")
            self.end_headers()
            return
        if self.path == "/large":
            self._say(b" " * (LARGEST + 1))
        elif self.path == "/drip":
            self._drip()
        elif self.path == "/missing":
            self.send_error(404)
        else:
            self._say(json.dumps({"keys": []}).encode())

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10000")
        self.end_headers()
        for _ in range(100):
            time.sleep(0.1)
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetched(url: str, *, allow_private: bool = True) -> str:
    return fetch_text(SystemClock(), url, allow_private=allow_private)


def test_what_is_there_is_read(issuer: str) -> None:
    assert json.loads(fetched(f"{issuer}/keys")) == {"keys": []}


@pytest.mark.parametrize("path", ["/moved", "/missing", "/large"])
def test_nothing_is_followed_and_nothing_endless_is_read(issuer: str, path: str) -> None:
    """A redirect would lead where nobody checked; an error page is no key."""
    with pytest.raises(Unavailable):
        fetched(issuer + path)


def test_an_issuer_that_drips_is_left(issuer: str) -> None:
    """Each byte comes in time, the whole never would."""
    began = time.monotonic()
    with pytest.raises(Unavailable):
        fetch_text(SystemClock(), f"{issuer}/drip", allow_private=True, within_s=0.5)
    assert time.monotonic() - began < 5


def test_a_private_address_is_not_called_unless_it_was_meant(issuer: str) -> None:
    with pytest.raises(Unavailable):
        fetched(f"{issuer}/keys", allow_private=False)


def test_nobody_there_is_told_in_a_sentence() -> None:
    with pytest.raises(Unavailable, match="cannot be had"):
        fetched("http://127.0.0.1:9/keys")
