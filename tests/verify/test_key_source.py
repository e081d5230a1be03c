"""The broker's keys: fetched once, looked up again when a new one signs, given up when it is away too long."""

from __future__ import annotations

import gzip
import json
import resource
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from broker.clock import SettableClock
from broker.errors import ConfigurationError
from broker.verify import Access, TokenRefused, TokenVerifier
from broker.verify.json_over_http import NoAnswer
from broker.verify.key_source import FetchedKeys
from tests.vectors.sample_token import EC, OKP, RSA
from tests.verify.broker_server import Asked, BrokerServer

Ask = Callable[[int], str]


@pytest.fixture
def keys(vectors: dict[str, Any]) -> list[dict[str, str]]:
    """Ed25519, ES256, RS256."""
    kids = [each.kid for each in (OKP, EC, RSA)]
    published = {key.get("kid"): key for key in vectors["jwks"]["keys"]}
    return [published[kid] for kid in kids]


@pytest.fixture
def ask(vectors: dict[str, Any], broker: BrokerServer, now: SettableClock) -> Ask:
    """Checks the valid token of the first, second or third key; 'ok' or why not."""
    verifier = TokenVerifier(vectors["issuer"], vectors["audience"], jwks=broker.address, clock=now)

    def verdict(which: int) -> str:
        try:
            _use(verifier, vectors, vectors["tokens"][which]["authorization"])
        except TokenRefused as refused:
            return f"{refused.why} {refused.status}"
        return "ok"

    return verdict


def _use(verifier: TokenVerifier, vectors: dict[str, Any], authorization: str) -> Access:
    return verifier.check(authorization, method=vectors["method"], url=vectors["url"])


def test_fetched_once_for_many_requests(ask: Ask, broker: BrokerServer, now: SettableClock) -> None:
    """Minutes of requests ask the broker one time."""
    for _ in range(10):
        assert ask(0) == "ok"
        now.advance(seconds=23)
    assert len(broker.asked) == 1


def test_the_usual_place(vectors: dict[str, Any], broker: BrokerServer, now: SettableClock) -> None:
    """Without an address of its own the key set is where the issuer publishes it."""
    verifier = TokenVerifier(broker.address, vectors["audience"], clock=now)
    with pytest.raises(TokenRefused, match="wrong issuer"):
        _use(verifier, vectors, vectors["tokens"][0]["authorization"])
    assert broker.asked[0].path == "/oauth/jwks"


def test_a_withdrawn_key_is_forgotten(
    ask: Ask, broker: BrokerServer, now: SettableClock, keys: list[dict[str, str]]
) -> None:
    """Five minutes after it left the document at the latest, no token by it opens anything."""
    assert ask(0) == "ok"
    broker.says({"keys": keys[1:]})
    now.advance(seconds=200)
    assert (ask(0), ask(1)) == ("ok", "ok")
    now.advance(seconds=101)
    assert ask(0) == "unknown_key 401"


def test_a_new_key_is_found_at_once(
    ask: Ask, broker: BrokerServer, now: SettableClock, keys: list[dict[str, str]]
) -> None:
    """The first token by a key just published opens without waiting for the five minutes."""
    broker.says({"keys": keys[:1]})
    assert (ask(0), ask(1)) == ("ok", "unknown_key 401")
    broker.says({"keys": keys})
    now.advance(seconds=30)
    assert (ask(1), ask(0)) == ("ok", "ok")


def test_made_up_keys_are_no_way_to_flood_the_broker(
    ask: Ask, broker: BrokerServer, now: SettableClock, keys: list[dict[str, str]]
) -> None:
    """However many tokens name unknown keys, two questions a minute is the most."""
    broker.says({"keys": keys[:1]})
    assert ask(0) == "ok"
    for _ in range(120):
        now.advance(seconds=1)
        assert ask(1) == "unknown_key 401"
    assert len(broker.asked) <= 5


def test_the_broker_may_be_away_for_an_hour(vectors: dict[str, Any], now: SettableClock) -> None:
    """With keys last seen an hour ago tokens still open; a second later nothing does."""
    published: list[dict[str, Any]] = [vectors["jwks"]]
    source = FetchedKeys(lambda: _pop(published))
    kid = OKP.kid
    assert source.find(kid, now.now())
    now.advance(seconds=3600)
    assert source.find(kid, now.now())
    now.advance(seconds=1)
    with pytest.raises(TokenRefused) as raised:
        source.find(kid, now.now())
    assert (raised.value.status, raised.value.www_authenticate) == (503, "")
    published.append(vectors["jwks"])
    now.advance(seconds=30)
    assert source.find(kid, now.now())


def _pop(published: list[dict[str, Any]]) -> dict[str, Any]:
    if not published:
        raise NoAnswer
    return published.pop()


BAD_ANSWERS = [
    (500, {}, b"{}"),
    (200, {}, b"no json"),
    (200, {}, b"[]"),
    (200, {}, b'{"keys": []}'),
    (200, {}, b'{"keys": 7}'),
    (200, {}, b'{"keys": {"kid": 1}}'),
    (200, {}, b'{"keys": [1, null, {"kid": 7}, {"kid": "x", "kty": "EC"}]}'),
    (200, {}, b"[" * 100_000),
    (200, {}, b'{"keys": "' + b"x" * 300_000 + b'"}'),
    (200, {"Content-Encoding": "gzip"}, b"not gzip"),
    (200, {}, b"\xff\xfe"),
]


@pytest.mark.parametrize("bad", BAD_ANSWERS, ids=range(len(BAD_ANSWERS)))
def test_a_bad_answer_is_no_answer(
    ask: Ask, broker: BrokerServer, now: SettableClock, bad: tuple[int, dict[str, str], bytes]
) -> None:
    """Nonsense opens nothing at first, and makes nobody forget what was known."""
    good, broker.answer = broker.answer, lambda _: bad
    assert ask(0) == "keys_unavailable 503"
    broker.answer = good
    now.advance(seconds=5)
    assert ask(0) == "ok"
    broker.answer = lambda _: bad
    now.advance(seconds=200)
    assert ask(0) == "ok"


def test_a_redirect_is_not_followed(ask: Ask, broker: BrokerServer) -> None:
    """Whoever can make the broker's address redirect does not choose the keys."""
    document = broker.answer(Asked("GET", "/", {}, {}))

    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        return document if asked.path == "/elsewhere" else (302, {"Location": "/elsewhere"}, b"")

    broker.answer = answer
    assert ask(0) == "keys_unavailable 503"
    assert [each.path for each in broker.asked] == ["/"]


def test_one_thread_fetches_for_all(ask: Ask, broker: BrokerServer) -> None:
    """Sixteen first requests at once make one question, and all of them get in."""
    document, barrier = broker.answer(Asked("GET", "/", {}, {})), threading.Barrier(16)
    broker.answer = lambda _: document

    def request(_: int) -> str:
        barrier.wait()
        return ask(0)

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(request, range(16))) == {"ok"}
    assert len(broker.asked) == 1


def test_an_answer_may_be_packed(ask: Ask, broker: BrokerServer, vectors: dict[str, Any]) -> None:
    """A proxy that compresses is no outage; JSON is what is asked for."""
    packed = gzip.compress(json.dumps(vectors["jwks"]).encode())
    broker.answers(packed, 200, **{"Content-Encoding": "gzip"})
    assert ask(0) == "ok"
    assert broker.asked[0].headers["Accept"] == "application/json"


def test_a_packed_answer_is_bounded_too(ask: Ask, broker: BrokerServer) -> None:
    """A few bytes that unpack to two hundred megabytes are not unpacked to the end."""
    squeeze, blanks = zlib.compressobj(wbits=31), b" " * 1_000_000
    packed = b"".join([*(squeeze.compress(blanks) for _ in range(200)), squeeze.flush()])
    broker.answers(packed, 200, **{"Content-Encoding": "gzip"})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert ask(0) == "keys_unavailable 503"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


@pytest.mark.parametrize("address", ["https://broker.example", "http://127.0.0.1:1", "http://localhost:1"])
def test_tls_or_this_very_machine(address: str) -> None:
    """Nothing is asked while the verifier is made."""
    assert TokenVerifier(address, "https://portal.example")


@pytest.mark.parametrize(
    "address",
    ["http://broker.example/oauth/jwks", "ftp://broker.example", "broker.example", "file:///etc/passwd"],
)
def test_keys_come_over_tls(address: str) -> None:
    """An address that is not https, or this machine's own, is refused when the verifier is made."""
    with pytest.raises(ConfigurationError, match="https"):
        TokenVerifier("https://broker.example", "https://portal.example", jwks=address)
