"""What the WordPress adapter makes of sites that are down, slow, wrong or hostile."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.lease import LeaseSigner
from broker.adapters.port import Answer, Outcome, SignedDocument
from broker.adapters.wordpress.client import WordPressAdapter
from broker.clock import SystemClock
from broker.errors import CompanionMissing, SiteError
from tests.adapters.wordpress.broken_site import BrokenSite, answer, answer_json, drip
from tests.fakes.connection import connection_to

Behave = Callable[[socket.socket, str], None]
TWO = [SignedDocument("g1", "a.b.c"), SignedDocument("g2", "d.e.f")]
DONE = {"answer": "done", "reason": ""}


@pytest.fixture
def signer() -> LeaseSigner:
    return LeaseSigner(Ed25519PrivateKey.generate(), "broker")


@pytest.fixture
def connect(signer: LeaseSigner) -> Iterator[Callable[..., WordPressAdapter]]:
    """An adapter for a site that behaves as given."""
    open_sites: list[BrokenSite] = []

    def make(behave: Behave, timeout: tuple[float, float] = (1, 2)) -> WordPressAdapter:
        site = BrokenSite(behave)
        open_sites.append(site)
        return WordPressAdapter(connection_to(site.url, signer), timeout=timeout)

    yield make
    for site in open_sites:
        site.close()


def _says(value: dict[str, Any], status: str = "200 OK") -> Behave:
    return lambda connection, call: answer_json(connection, {"call": call, **value}, status)


def _answers(*answers: Any) -> Behave:
    return _says({"answers": list(answers)})


def test_sound_answer(connect: Callable[..., WordPressAdapter]) -> None:
    """Each document gets its own outcome, in order."""
    refused = {"grant": None, "answer": "refused", "reason": "expired"}
    site = connect(_answers({"grant": "g1", **DONE}, refused))
    assert site.apply(TWO) == {"g1": Outcome(Answer.DONE), "g2": Outcome(Answer.REFUSED, "expired")}


NONSENSE: dict[str, Behave] = {
    "HTML with 200": lambda c, _: answer(c, "200 OK", b"<html>maintenance</html>", "text/html"),
    "empty body": lambda c, _: answer(c, "200 OK", b""),
    "a list": lambda c, _: answer(c, "200 OK", b"[]"),
    "deeply nested": lambda c, _: answer(c, "200 OK", b"[" * 100_000),
    "no answers": _says({}),
    "half a batch": _answers({"grant": "g1", **DONE}),
    "too many answers": _answers(*({"grant": f"g{n}", **DONE} for n in (1, 2, 3))),
    "answers of another order": _answers({"grant": "g2", **DONE}, {"grant": "g1", **DONE}),
    "unknown word": _answers({"grant": "g1", "answer": "maybe", "reason": ""}, {"grant": "g2", **DONE}),
    "done for nobody": _answers({"grant": None, **DONE}, {"grant": "g2", **DONE}),
    "done with a reason": _answers({"grant": "g1", "answer": "done", "reason": "x"}, {"grant": "g2", **DONE}),
    "refused without one": _answers(
        {"grant": "g1", "answer": "refused", "reason": ""}, {"grant": "g2", **DONE}
    ),
    "answer is a list": _answers([], {"grant": "g2", **DONE}),
    "unhashable grant": _answers({"grant": [], **DONE}, {"grant": "g2", **DONE}),
    "an answer to another call": lambda c, _: answer_json(c, {"call": "call_old", "answers": []}),
    "too much": lambda c, _: answer(c, "200 OK", b" " * (5 * 1024 * 1024)),
}


@pytest.mark.parametrize("behave", [pytest.param(b, id=name) for name, b in NONSENSE.items()])
def test_nonsense_leaves_the_effect_unknown(connect: Callable[..., WordPressAdapter], behave: Behave) -> None:
    """An answer that is not the companion's says nothing about what the site did."""
    with pytest.raises(SiteError) as failed:
        connect(behave).apply(TWO)
    assert failed.value.effect_unknown


def _hang_up(connection: socket.socket, _call: str) -> None:
    connection.shutdown(socket.SHUT_RDWR)


UNKNOWN: dict[str, Behave] = {
    "500": lambda c, _: answer(c, "500 Internal Server Error", b""),
    "500 after a crash of storage": _says({"code": "storage_failed"}, "500 Internal Server Error"),
    "503 HTML": lambda c, _: answer(c, "503 Service Unavailable", b"<html>", "text/html"),
    "403 HTML": lambda c, _: answer(c, "403 Forbidden", b"<html>", "text/html"),
    "404 HTML": lambda c, _: answer(c, "404 Not Found", b"<html>", "text/html"),
    "hangs up": _hang_up,
    "half a body": lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"),
    "half a head": lambda c, _: c.sendall(b"HTTP/1.1 20"),
    "not HTTP": lambda c, _: c.sendall(b"\x00\xff\n\n"),
}


@pytest.mark.parametrize("behave", [pytest.param(b, id=name) for name, b in UNKNOWN.items()])
def test_failures_after_sending_leave_the_effect_unknown(
    connect: Callable[..., WordPressAdapter], behave: Behave
) -> None:
    """Once the call was sent, only the companion's own word makes its effect known."""
    with pytest.raises(SiteError) as failed:
        connect(behave).revoke(TWO)
    assert failed.value.effect_unknown
    assert not isinstance(failed.value, CompanionMissing)


def test_black_hole(connect: Callable[..., WordPressAdapter]) -> None:
    """A site that never answers runs into the read time-out."""
    waits = connect(lambda c, _: c.settimeout(3) or c.recv(1), timeout=(1, 0.2))  # type: ignore[func-returns-value]
    with pytest.raises(SiteError) as failed:
        waits.apply(TWO)
    assert failed.value.effect_unknown


def test_dripping_site(connect: Callable[..., WordPressAdapter]) -> None:
    """A site that sends a byte now and then is given up after the read time-out as a whole."""
    with pytest.raises(SiteError, match="did not answer") as failed:
        connect(lambda c, _: drip(c, 5), timeout=(1, 0.3)).apply(TWO)
    assert failed.value.effect_unknown


def test_connection_refused(signer: LeaseSigner) -> None:
    """Nobody listening: nothing happened, and the error says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    site = WordPressAdapter(connection_to(url, signer))
    with pytest.raises(SiteError) as failed:
        site.apply(TWO)
    assert not failed.value.effect_unknown


def test_forbidden_address_is_not_called(signer: LeaseSigner) -> None:
    """Without permission a loopback address is not even connected to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(SiteError) as failed:
            WordPressAdapter(connection_to(url, signer, allow_private=False)).apply(TWO)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert not failed.value.effect_unknown


def test_companion_missing(connect: Callable[..., WordPressAdapter]) -> None:
    """WordPress without the companion is an alarm of its own kind."""
    gone = _says({"code": "rest_no_route"}, "404 Not Found")
    with pytest.raises(CompanionMissing) as failed:
        connect(gone).revoke(TWO)
    assert not failed.value.effect_unknown


@pytest.mark.parametrize("code", ["unknown_key", "wrong_audience", "not_paired", "wrong_body", "replayed"])
def test_refusal_before_any_effect(connect: Callable[..., WordPressAdapter], code: str) -> None:
    """What the companion refuses at the door did nothing, and the error says what to do."""
    with pytest.raises(SiteError) as failed:
        connect(_says({"code": code}, "401 Unauthorized")).apply(TWO)
    assert not failed.value.effect_unknown
    assert failed.value.help != SiteError.help


def test_clock_difference_is_named(connect: Callable[..., WordPressAdapter]) -> None:
    """A site whose clock is off says how far."""
    theirs = int(SystemClock().now().timestamp()) - 500
    skewed = _says({"code": "clock_skew", "data": {"site_time": theirs}}, "401 Unauthorized")
    with pytest.raises(SiteError, match=r"differ by 50[0-2] seconds"):
        connect(skewed).apply(TWO)


def test_redirects_are_not_followed(connect: Callable[..., WordPressAdapter]) -> None:
    """A redirect leads nowhere, least of all inside the broker's own network."""
    reached: list[str] = []
    inner = BrokenSite(lambda c, _: (reached.append("inner"), answer_json(c, {}))[1])
    head = f"HTTP/1.1 302 Found\r\nLocation: {inner.url}/\r\nContent-Length: 0\r\n\r\n".encode()
    with pytest.raises(SiteError) as failed:
        connect(lambda c, _: c.sendall(head)).apply(TWO)
    inner.close()
    assert failed.value.effect_unknown
    assert reached == []


def test_batches_are_bounded(connect: Callable[..., WordPressAdapter]) -> None:
    """More than 500 documents, or two for one grant, are a mistake of the caller; none needs no call."""
    site = connect(_hang_up)
    with pytest.raises(ValueError, match="at most 500"):
        site.apply([SignedDocument(f"g{n}", "a.b.c") for n in range(501)])
    with pytest.raises(ValueError, match="something else"):
        site.apply([TWO[0], TWO[0]])
    assert site.apply([]) == {}


ODD_OBSERVATIONS: list[dict[str, Any]] = [
    {},
    {"active": {}},
    {"active": [], "site_time": "now"},
    {"active": [], "site_time": 10**30},
    {"active": [{"grant": "g1"}], "site_time": 1},
    {"active": [{"grant": "g1", "account": "n", "version": "1", "expires_at": 2}], "site_time": 1},
    {"active": [{"grant": "g1", "account": "n\n", "version": 1, "expires_at": 2}], "site_time": 1},
    {"active": [{"grant": "g1", "account": "n", "version": 1, "expires_at": 2}] * 2, "site_time": 1},
]


@pytest.mark.parametrize("value", ODD_OBSERVATIONS, ids=json.dumps)
def test_odd_observation(connect: Callable[..., WordPressAdapter], value: dict[str, Any]) -> None:
    """What cannot be read as an observation proves nothing about the site."""
    with pytest.raises(SiteError) as failed:
        connect(_says(value)).observe()
    assert failed.value.effect_unknown


def test_a_broker_whose_time_jumped_ahead_still_speaks_in_the_machines_time(signer: LeaseSigner) -> None:
    """Its own time goes on from the jump, but a site would refuse calls from the future, revocations too."""
    ahead = SystemClock(SystemClock().wall() + timedelta(days=1))
    site = BrokenSite(_says({"active": [], "site_time": 0}))
    adapter = WordPressAdapter(connection_to(site.url, signer, ahead), timeout=(1, 2))
    with contextlib.suppress(SiteError):
        adapter.observe()
    site.close()
    assert abs(site.envelopes[0]["iat"] - ahead.wall().timestamp()) < 60
