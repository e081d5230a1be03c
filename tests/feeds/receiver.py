"""What a clinic's own software looks like to a feed: a webhook and a FHIR server over TLS, answering as told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

PATIENCE_S = 10
Answer = tuple[int, bytes]


@dataclass
class Receiver:
    """``answer`` makes the next reply from a body; ``silent`` lets it wait for nothing. ``bodies`` came, in order."""

    certificate: Path
    answer: Callable[[bytes], Answer] = lambda _: (204, b"")
    silent: bool = False
    retry_after: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.released = threading.Event()
        handler = type("Handler", (_Handler,), {"told": self})
        self._server = _Quiet(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self._server.server_port}/in"

    @property
    def seqs(self) -> list[int]:
        """The ledger's numbers of all entries that came in webhooks, repeats included."""
        entries = [each for body in self.bodies for each in json.loads(body)["data"]["entries"]]
        return [each["seq"] for each in entries]

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


def status(code: int) -> Callable[[bytes], Answer]:
    return lambda _: (code, b"")


def fhir_server(refuses: Callable[[dict[str, Any]], bool] = lambda _: False) -> Callable[[bytes], Answer]:
    """Takes a batch as FHIR's rules say, each event by itself; one that is no FHIR refuses the whole."""

    def answer(body: bytes) -> Answer:
        try:
            Bundle.model_validate_json(body)
        except ValidationError:
            return 400, b"{}"
        entries = [_entry(each, refuses(each["resource"])) for each in json.loads(body)["entry"]]
        told = {"resourceType": "Bundle", "type": "batch-response", "entry": entries}
        return 200, json.dumps(told).encode()

    return answer


def _entry(entry: dict[str, Any], refused: bool) -> dict[str, Any]:
    assert entry["request"] == {"method": "POST", "url": "AuditEvent"}
    if not refused:
        return {"response": {"status": "201 Created", "location": "AuditEvent/1/_history/1"}}
    issue = [{"severity": "error", "code": "invalid", "diagnostics": "no such code"}]
    outcome = {"resourceType": "OperationOutcome", "issue": issue}
    return {"response": {"status": "422 Unprocessable Entity", "outcome": outcome}}


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that did not like the certificate, or had gone


class _Handler(BaseHTTPRequestHandler):
    told: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.headers.append(dict(self.headers))
        if self.told.silent:
            self.told.released.wait(PATIENCE_S)
            return
        code, said = self.told.answer(body)
        if 200 <= code < 300:
            self.told.bodies.append(body)
        self.send_response(code)
        if self.told.retry_after:
            self.send_header("Retry-After", self.told.retry_after)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: Any) -> None:
        pass
