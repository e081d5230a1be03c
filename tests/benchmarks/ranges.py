"""Random ranges of a sealed recording beside the plain file, and the access check beside opening a chunk."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.identity.people import Role
from broker.vault.layout import CHUNK_SIZE
from broker.web.holding.media import question
from tests.benchmarks.cast import Showing, admit, join, noise, show
from tests.benchmarks.measure import Figure, Side, figure, per_second, side_by_side
from tests.benchmarks.served import Served, served
from tests.benchmarks.sizes import MIB, Sizes
from tests.benchmarks.wire import get, time_of


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    content = noise(sizes.recording_bytes)
    with served(folder, content) as server:
        parts = server.parts
        viewer, approver = join(parts, "viewer", Role.CLINICIAN), join(parts, "approver", Role.APPROVER)
        showing = show(parts, viewer, approver, admit(parts, content))
        yield from _over_http(sizes, server, showing)
        yield _one_check(sizes, server, showing)


def _over_http(sizes: Sizes, server: Served, showing: Showing) -> Iterator[Figure]:
    media = {"path": f"{showing.path}/media", "Cookie": showing.cookies}
    sides = {
        "ours": _mebibytes(server, sizes, media),
        "plain": _mebibytes(server, sizes, {"path": "/bare/plain"}),
        "aes": _opening(sizes),
    }
    found = side_by_side(sides, sizes.rounds)
    length = sizes.range_bytes / MIB
    what = f"Random {length:.3g} MiB ranges of an encrypted recording, {sizes.clients} clients"
    yield figure(
        what,
        "the plain file from the same server",
        "MiB/s",
        found["ours"],
        found["plain"],
        "0.5 of nginx, which is not measured here",
    )
    yield figure(what, "AES-256-GCM alone, one thread, in memory", "MiB/s", found["ours"], found["aes"])


def _one_check(sizes: Sizes, server: Served, showing: Showing) -> Figure:
    still_allowed = question(server.parts.store, showing.opened.cookie_value, showing.viewer.token)
    assert still_allowed()
    open_chunk = _chunk_opener()
    sides = {
        "ours": _repeated(sizes.checks, still_allowed),
        "bare": _repeated(sizes.checks, open_chunk),
    }
    found = side_by_side(sides, sizes.rounds)
    what, beside = "One access check, asked before each 64 KiB", "opening those 64 KiB"
    return figure(what, beside, "a second", found["ours"], found["bare"])


def _mebibytes(server: Served, sizes: Sizes, about: dict[str, str]) -> Side:
    chance = random.Random(sizes.ranges)
    last = sizes.recording_bytes - sizes.range_bytes
    starts = [chance.randint(0, last) for _ in range(sizes.ranges)]
    requests = [get(Range=f"bytes={start}-{start + sizes.range_bytes - 1}", **about) for start in starts]
    amount = sizes.ranges * sizes.range_bytes / MIB
    return lambda: amount / time_of(server.port, requests, sizes.clients, 206)


def _opening(sizes: Sizes) -> Side:
    chunks = sizes.ranges * sizes.range_bytes // CHUNK_SIZE or 1
    rate = _repeated(chunks, _chunk_opener())
    return lambda: rate() * CHUNK_SIZE / MIB


def _chunk_opener() -> Callable[[], object]:
    aead, nonce = AESGCM(bytes(32)), bytes(12)
    # Many, so that they do not all lie in the processor's cache.
    sealed = [aead.encrypt(nonce, os.urandom(CHUNK_SIZE), b"") for _ in range(256)]
    turn = iter(range(2**62))
    return lambda: aead.decrypt(nonce, sealed[next(turn) % len(sealed)], b"")


def _repeated(count: int, work: Callable[[], object]) -> Side:
    def some() -> None:
        for _ in range(count):
            work()

    return lambda: per_second(count, some)
