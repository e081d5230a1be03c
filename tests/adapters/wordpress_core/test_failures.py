"""What the adapter makes of sites that are down, slow, wrong or hostile."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.lease import LeaseSigner
from broker.adapters.wordpress_core.client import WordPressCoreAdapter
from broker.errors import SiteError
from tests.fakes.connection import connection_to

SECRETS = {"user": "broker", "application_password": "abcd efgh"}
NURSE = {"id": 7, "username": "nurse", "roles": ["author"], "capabilities": []}


class Answering(BaseHTTPRequestHandler):
    """Answers every request as the test says, and remembers what was asked."""

    server: Site

    def answer(self) -> None:
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization", "")))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.behave(self)

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behave: Callable[[Answering], None]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.behave = behave
        self.seen: list[tuple[str, str, str]] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # whoever asked had heard enough

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Answering], None]], Site]]:
    running: list[Site] = []

    def start(behave: Callable[[Answering], None]) -> Site:
        running.append(Site(behave))
        return running[-1]

    yield start
    for site in running:
        site.shutdown()
        site.server_close()


def adapter(url: str, **differing: Any) -> WordPressCoreAdapter:
    signer = LeaseSigner(Ed25519PrivateKey.generate(), "broker")
    connection = connection_to(url, signer, **{"secrets": SECRETS, **differing})
    return WordPressCoreAdapter(connection, timeout=(0.5, 0.5))


def drip(answering: Answering) -> None:
    answering.send_response(200)
    answering.end_headers()
    ends = time.monotonic() + 3
    while time.monotonic() < ends:
        answering.wfile.write(b" ")
        time.sleep(0.05)


def says(value: Any) -> Callable[[Answering], None]:
    return lambda answering: answering.say(200, json.dumps(value).encode())


BEHAVIOUR: dict[str, tuple[Callable[[Answering], None], str]] = {
    "500": (lambda a: a.say(500, b""), "HTTP status 500"),
    "HTML": (lambda a: a.say(200, b"<!doctype html>Down for maintenance"), "not as WordPress does"),
    "a redirect": (lambda a: a.say(302, b"", Location="http://127.0.0.1:9/"), "HTTP status 302"),
    "half an account": (says([{"id": 7, "username": "nurse"}]), "left out"),
    "odd roles": (says([{**NURSE, "roles": [7]}]), "left out"),
    "no list": (says({"id": 7}), "left out"),
    "too slow": (drip, "did not answer"),
    "too much": (lambda a: a.say(200, b"[" + b" " * 9_000_000 + b"]"), "did not answer"),
    "a firewall": (lambda a: a.say(403, b"<h1>Forbidden</h1>"), "HTTP status 403"),
    "lost rights": (
        lambda a: a.say(403, b'{"code":"rest_cannot_edit"}'),
        "account on the site may not do this",
    ),
    "no users": (lambda a: a.say(404, b'{"code":"rest_no_route"}'), "have been taken away"),
    "stripped header": (
        lambda a: a.say(401, b'{"code":"rest_forbidden_context"}'),
        "does not let the broker in",
    ),
}


@pytest.mark.parametrize("name", BEHAVIOUR)
def test_each_way_of_failing_is_named(serve: Callable[..., Site], name: str) -> None:
    """Nothing was changed by asking, and the words say what to look at."""
    behave, words = BEHAVIOUR[name]
    with pytest.raises(SiteError, match=words) as error:
        adapter(serve(behave).url).readiness(["nurse"])
    assert not error.value.effect_unknown
    assert error.value.help


def test_the_password_goes_to_the_site_alone(serve: Callable[..., Site]) -> None:
    """A redirect to another host is not followed, and no public page is asked for with it."""
    elsewhere = serve(says([NURSE]))
    site = serve(lambda a: a.say(307, b"", Location=elsewhere.url))
    with pytest.raises(SiteError):
        adapter(site.url).readiness(["nurse"])
    assert elsewhere.seen == []
    assert all(authorization.startswith("Basic ") for _, _, authorization in site.seen)


def test_an_address_inside_is_never_given_the_password(serve: Callable[..., Site]) -> None:
    """Plain http and private addresses are refused before anything is sent."""
    site = serve(says([NURSE]))
    with pytest.raises(SiteError, match="https"):
        adapter(site.url, allow_private=False).readiness(["nurse"])
    assert site.seen == []


def test_nobody_there() -> None:
    """Nothing happened, and that is certain."""
    with pytest.raises(SiteError, match="cannot be reached") as error:
        adapter("http://127.0.0.1:9").observe()
    assert not error.value.effect_unknown


def test_a_connection_keeps_its_secrets_to_itself() -> None:
    """Whatever is logged of a crash holds no password."""
    signer = LeaseSigner(Ed25519PrivateKey.generate(), "broker")
    assert "efgh" not in repr(connection_to("https://clinic.example", signer, secrets=SECRETS))
