"""A transit engine that speaks what a real one was seen to speak, and can be broken on purpose.

With BROKER_TEST_TRANSIT_URL and BROKER_TEST_TRANSIT_TOKEN the same tests drive a real one.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "s.a-token-of-the-tests"


class Engine:
    """``breaks_with`` answers everything with a status and a body, ``None`` works."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.versions: list[bytes] = [os.urandom(32)]
        self.breaks_with: tuple[int, bytes] | None = None
        self.asked: list[str] = []

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        verb, _, name = path.removeprefix("/v1/transit/").partition("/")
        if name not in {"emergency-access-broker", "emergency-access-broker/rotate"}:
            return 400, {"errors": ["encryption key not found"]}
        if verb == "keys" and method == "GET":
            return 200, {"data": {"latest_version": len(self.versions)}}
        if verb == "keys":
            self.versions.append(os.urandom(32))
            return 200, {"data": {}}
        return self._encrypt(body) if verb == "encrypt" else self._decrypt(body)

    def _encrypt(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        nonce, plain = os.urandom(12), base64.b64decode(body["plaintext"])
        sealed = nonce + AESGCM(self.versions[-1]).encrypt(nonce, plain, _associated(body))
        text = f"vault:v{len(self.versions)}:{base64.b64encode(sealed).decode()}"
        return 200, {"data": {"ciphertext": text, "key_version": len(self.versions)}}

    def _decrypt(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        _, version, text = body["ciphertext"].split(":")
        number, sealed = int(version[1:]), base64.b64decode(text)
        if number > len(self.versions):
            return 400, {"errors": ["invalid ciphertext: version is too new"]}
        try:
            plain = AESGCM(self.versions[number - 1]).decrypt(sealed[:12], sealed[12:], _associated(body))
        except (InvalidTag, ValueError):
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}


def _associated(body: dict[str, Any]) -> bytes:
    return base64.b64decode(body.get("associated_data", ""))


@contextmanager
def running() -> Iterator[Engine]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do("GET")

        def do_POST(self) -> None:
            self._do("POST")

        def do_PUT(self) -> None:
            self._do("PUT")

        def _do(self, method: str) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            engine.asked.append(self.path)
            if engine.breaks_with is not None:
                return self._send(*engine.breaks_with)
            if self.headers.get("X-Vault-Token") != TOKEN:
                return self._send(403, b'{"errors":["permission denied"]}')
            status, said = engine.answer(method, self.path, body)
            return self._send(status, json.dumps(said).encode())

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """A quiet engine."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    engine = Engine(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield engine
    server.shutdown()
    server.server_close()
    thread.join()
