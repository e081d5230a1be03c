"""The broker behind a real socket, in this process, going by the real time."""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from broker.app import build_parts, open_store
from broker.identity.people import Person, by_email
from broker.ledger.tables import ledger_entries
from broker.settings import Settings
from broker.store.schema import upgrade
from broker.web.factory import make_flask
from broker.web.parts import Parts

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ServedBroker:
    settings: Settings
    parts: Parts = field(init=False)
    _server: BaseWSGIServer = field(init=False)

    def __post_init__(self) -> None:
        store = open_store(self.settings)
        upgrade(store.engine)
        store.engine.dispose()
        self.parts = build_parts(self.settings)
        app = make_flask(self.parts)
        self._server = make_server(
            "127.0.0.1", self.settings.port, app, threaded=True, request_handler=_Quiet
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.parts.store.engine.dispose()

    @property
    def url(self) -> str:
        return self.settings.base_url

    def person(self, email: str) -> Person | None:
        with self.parts.store.read() as reader:
            return by_email(reader, email)

    def events(self) -> list[str]:
        with self.parts.store.read() as reader:
            rows = reader.all(select(ledger_entries.c.event).order_by(ledger_entries.c.seq))
        return [row.event for row in rows]


@dataclass
class Window:
    """A browser that follows nothing by itself and sends the form token of the page it saw last."""

    broker: ServedBroker
    browser: requests.Session = field(default_factory=requests.Session)
    token: str = ""

    def get(self, path: str, **headers: str) -> requests.Response:
        return self._seen(
            self.browser.get(urljoin(self.broker.url, path), headers=headers, allow_redirects=False)
        )

    def post(self, path: str, /, **typed: str) -> requests.Response:
        data = {"csrf_token": self.token, **typed}
        return self._seen(self.browser.post(urljoin(self.broker.url, path), data=data, allow_redirects=False))

    def _seen(self, answer: requests.Response) -> requests.Response:
        found = _TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer
