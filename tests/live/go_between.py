"""Stands on the wire between the broker and a site, and can be told what goes wrong there."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE_S = 20
LATER_THAN_ANY_TIMEOUT_S = 6


class _Exchange(BaseHTTPRequestHandler):
    """One call from the broker, and what can be done with it."""

    server: _Server

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        between = self.server.between
        path = urlsplit(self.path)
        route = parse_qs(path.query).get("rest_route", [path.path])[0]
        self.verb = route.rsplit("/", 1)[1]
        between.next_act(self.verb)(self)

    def ask_site(self) -> tuple[int, bytes]:
        site = HTTPConnection(self.server.between.site, timeout=PATIENCE_S)
        try:
            site.request("POST", self.path, self.body, dict(self.headers))
            answer = site.getresponse()
            return answer.status, answer.read()
        finally:
            site.close()

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def hold(self) -> None:
        """Until the broker is gone; it gets no answer."""
        between = self.server.between
        with between.changed:
            between.held[self.verb] += 1
            between.changed.notify_all()
        between.let_go.wait(LATER_THAN_ANY_TIMEOUT_S)

    def log_message(self, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    between: GoBetween

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the broker that was to hear the answer was killed


Act = Callable[[_Exchange], None]


def forward(exchange: _Exchange) -> None:
    exchange.say(*exchange.ask_site())


def answer_500(exchange: _Exchange) -> None:
    exchange.say(500, b"")


def answer_html(exchange: _Exchange) -> None:
    exchange.say(200, b"<!doctype html><title>Down for maintenance</title>")


def drop(exchange: _Exchange) -> None:
    exchange.hang_up()


def cut_the_answer(exchange: _Exchange) -> None:
    """The site does as it was told; the broker never hears of it."""
    exchange.ask_site()
    exchange.hang_up()


def answer_too_late(exchange: _Exchange) -> None:
    answer = exchange.ask_site()
    exchange.server.between.let_go.wait(LATER_THAN_ANY_TIMEOUT_S)
    exchange.say(*answer)


def answer_by_half(exchange: _Exchange) -> None:
    """The site does all it was told; half of what it says about it is lost."""
    status, body = exchange.ask_site()
    said = json.loads(body)
    said["answers"] = said["answers"][: len(said["answers"]) // 2]
    exchange.say(status, json.dumps(said).encode())


def send_elsewhere(exchange: _Exchange) -> None:
    """What a host does that moved the site, or was taken over."""
    exchange.say(307, b"", Location=f"{exchange.server.between.elsewhere}{exchange.path}")


def strip_authorization(exchange: _Exchange) -> None:
    """What Apache does between itself and PHP unless it is told not to."""
    del exchange.headers["Authorization"]
    forward(exchange)


def hold_the_call(exchange: _Exchange) -> None:
    exchange.hold()


def hold_the_answer(exchange: _Exchange) -> None:
    exchange.ask_site()
    exchange.hold()


@dataclass
class _Orders:
    """Acts for the calls to come; the last one stays when ``for_good``."""

    acts: deque[Act]
    for_good: bool


class GoBetween:
    """Forwards every call, but for the verbs (apply, revoke, observe, health) that were given other orders."""

    def __init__(self, site_url: str) -> None:
        self.site = urlsplit(site_url).netloc
        self.changed, self.let_go = threading.Condition(), threading.Event()
        self.held: Counter[str] = Counter()
        self.elsewhere = ""
        self._orders: dict[str, _Orders] = {}
        self._port = 0
        self.come_up()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def order(self, verb: str, *acts: Act, for_good: bool = False) -> None:
        """Do these with the next calls of ``verb``, one each."""
        with self.changed:
            self._orders[verb] = _Orders(deque(acts), for_good)

    def heal(self) -> None:
        """Forward everything again, and let go of what is held."""
        with self.changed:
            self._orders.clear()
            self.held.clear()
        self.let_go.set()
        self.let_go = threading.Event()

    def next_act(self, verb: str) -> Act:
        with self.changed:
            orders = self._orders.get(verb)
            if not orders or not orders.acts:
                return forward
            last = len(orders.acts) == 1 and orders.for_good
            return orders.acts[0] if last else orders.acts.popleft()

    def wait_for_held(self, verb: str, count: int = 1) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: self.held[verb] >= count, PATIENCE_S):
                raise AssertionError(f"of {count} {verb} calls to be held arrived {self.held[verb]}")

    def go_down(self) -> None:
        """Nobody listens any more."""
        self._server.shutdown()
        self._server.server_close()

    def come_up(self) -> None:
        self._server = _Server(("127.0.0.1", self._port), _Exchange)
        self._server.between = self
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
