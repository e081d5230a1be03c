"""A door system over HTTP, for the adapter that the documentation shows."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

TOKEN = "the-token-of-the-broker"


class DoorSystem:
    """``people`` may be given passes, unless they are blocked; ``url`` answers, ``mute_url`` obeys and hangs up."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, bool]] = {}
        self.passes: dict[str, dict[str, Any]] = {}
        self._servers = [_Server(self, mute=mute) for mute in (False, True)]
        self.url, self.mute_url = (server.url for server in self._servers)

    def lets_in(self, person: str) -> bool:
        now = time.time()
        if self.people[person]["blocked"]:
            return False
        return any(now < held["until"] for held in self.passes.values() if held["who"] == person)

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def answer(self, method: str, path: str, body: Any) -> Any:
        """What the server says; None for not found."""
        what, _, name = path.strip("/").partition("/")
        if name:
            return self._change(method, what, unquote(name), body)
        now = int(time.time())
        known = {
            "status": {"version": "3.2", "now": now},
            "people": self.people,
            "passes": [{"id": name, **held} for name, held in self.passes.items() if now < held["until"]],
        }
        return known.get(what)

    def _change(self, method: str, what: str, name: str, body: Any) -> Any:
        if method == "DELETE":
            return self.passes.pop(name, None)
        if (body["who"] if what == "passes" else name) not in self.people:
            return None
        (self.passes if what == "passes" else self.people)[name] = body
        return body


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, doors: DoorSystem, *, mute: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.doors, self.mute = doors, mute
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class _Exchange(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.send_error(401)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.doors.answer(self.command, self.path, json.loads(body or b"null"))
        if self.server.mute and self.command != "GET":
            self.close_connection = True
            return
        said = json.dumps(answer).encode()
        self.send_response(404 if answer is None else 200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def do_PUT(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        pass
