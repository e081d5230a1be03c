"""Checking a link: its signature beside the bare HMAC, a viewing's request beside hello."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

from broker.credentials.links.link_token import LinkClaims, LinkSigner
from broker.identity.people import Role
from broker.web.frame.unchanged import mark_of
from tests.benchmarks.cast import admit, join, noise, show
from tests.benchmarks.measure import Figure, Side, figure, per_second, side_by_side
from tests.benchmarks.served import HELLO, Served, served
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.wire import get, time_of

KEY = bytes(range(32))


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    yield _signature(sizes)
    with served(folder) as server:
        yield from _viewing(sizes, server)


def _signature(sizes: Sizes) -> Figure:
    signer = LinkSigner([KEY])
    ids = (f"{prefix}_{'0' * 20}" for prefix in ("link", "grant", "person", "rec"))
    token = signer.sign(LinkClaims(*ids, expires=2_000_000_000))
    signed, _, _ = token.rpartition(".")
    expected = hmac.digest(KEY, signed.encode(), hashlib.sha256)

    def ours() -> None:
        for _ in range(sizes.tokens):
            assert signer.read(token) is not None

    def bare() -> None:
        for _ in range(sizes.tokens):
            assert hmac.compare_digest(hmac.digest(KEY, signed.encode(), hashlib.sha256), expected)

    sides = {
        "ours": lambda: per_second(sizes.tokens, ours),
        "bare": lambda: per_second(sizes.tokens, bare),
    }
    found = side_by_side(sides, sizes.rounds)
    what, beside = "Link signature: decode, verify, read", "one HMAC-SHA-256 and compare_digest"
    return figure(what, beside, "links/s", found["ours"], found["bare"])


def _viewing(sizes: Sizes, server: Served) -> Iterator[Figure]:
    parts = server.parts
    recording = admit(parts, noise(100_000))
    showing = show(parts, join(parts, "viewer", Role.CLINICIAN), join(parts, "a", Role.APPROVER), recording)
    seen = f"{showing.path}/now?seen={mark_of(True)}"
    one_byte = get(f"{showing.path}/media", Cookie=showing.cookies, Range="bytes=0-0")
    sides = {
        "now": _answers(server, sizes, get(seen, Cookie=showing.cookies), 204),
        "byte": _answers(server, sizes, one_byte, 206),
        "hello": _answers(server, sizes, HELLO, 200),
    }
    found = side_by_side(sides, sizes.rounds)
    beside = f"hello from the same server, {sizes.clients} clients"
    told = {
        "now": "Viewing: session, viewing and grant checked, nothing sent",
        "byte": "Viewing: the same, and the first byte of the recording",
    }
    for name, what in told.items():
        yield figure(what, beside, "answers/s", found[name], found["hello"], "at least 0.9")


def _answers(server: Served, sizes: Sizes, request: bytes, status: int) -> Side:
    count = sizes.small_answers
    return lambda: count / time_of(server.port, [request] * count, sizes.clients, status)
