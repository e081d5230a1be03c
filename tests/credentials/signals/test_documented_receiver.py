"""The receiver in docs/shared-signals.md works as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from broker.access.revoke import revoke
from broker.clock import SettableClock
from broker.credentials.signals.deliver import Desk
from broker.credentials.signals.observer import SignalQueue
from broker.ledger.chain import Ledger
from broker.sealing import Seal
from broker.store import Store
from tests.cli.shell import free_port
from tests.credentials.signals.conftest import AUDIENCE, Office
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory

PAGE = Path(__file__).resolve().parents[3] / "docs" / "shared-signals.md"


@pytest.fixture
def issuer(keys: KeysInMemory) -> Iterator[str]:
    """Where the keys are published, as by the broker."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(keys.published().as_dict()).encode()
            self.send_response(200 if self.path == "/oauth/jwks" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def office(store: Store, clock: SettableClock, keys: KeysInMemory, issuer: str) -> Office:
    ledger = Ledger([SignalQueue(issuer)])
    desk = Desk(store, ledger, keys, Seal(bytes(range(32)), "sites"), issuer)
    return Office(Clinic(store, clock, ledger=ledger), desk, keys)


def test_it_takes_what_is_for_it_and_refuses_the_rest(office: Office, issuer: str, tmp_path: Path) -> None:
    """An end of access and its token are printed; nonsense and another's event are answered 400."""
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    program, port = tmp_path / "receiver.py", free_port()
    program.write_text(found.group(1))
    line = [sys.executable, str(program), issuer, AUDIENCE, str(port)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            url = f"http://127.0.0.1:{port}/events"
            _until_it_answers(url)
            office.add(url)
            grant = office.grant()
            token = office.token(grant)
            revoke(office.clinic.equipment, office.clinic.admin.person, grant)
            office.ring()
            assert office.undelivered() == []
            lines = {process.stdout.readline().split()[0] for _ in range(2)}
            assert lines == {"session-revoked", "token-claims-change"}
            assert token.jti
            assert requests.post(url, data=b"nonsense", timeout=5).status_code == 400
        finally:
            process.terminate()


def _until_it_answers(url: str) -> None:
    for _ in range(200):
        try:
            requests.post(url, data=b"", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("never")
