"""The Merkle tree over the ledger beside bare SHA-256 and beside bare reads: growing it, proving, checking."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from sqlalchemy.engine import make_url

from broker.ledger.body import EMPTY_DIGEST, compose, leaf_digest
from broker.ledger.merkle.check import check_inclusion
from broker.ledger.merkle.proofs import inclusion_proof
from broker.ledger.merkle.tiled import TILE, TiledTree
from broker.ledger.subtrees import grow_subtrees
from broker.ledger.tree_in_database import nodes_of, root_at
from broker.store import Store
from tests.benchmarks.bulk import BEGAN, fill_ledger, usual_entry
from tests.benchmarks.databases import sqlite_url, store_at
from tests.benchmarks.measure import Figure, Side, figure, per_second, side_by_side
from tests.benchmarks.sizes import Sizes

_NODE_BYTES = 65
_TILE_OF = "SELECT digest FROM ledger_entries WHERE seq > ? AND seq <= ? ORDER BY seq"


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    with store_at(sqlite_url(folder)) as store:
        bodies = fill_ledger(store, sizes.entries)
        grow_subtrees(store, sizes.entries)
        leaves = [bytes.fromhex(leaf_digest(body)) for body in bodies]
        yield _made(sizes, bodies)
        yield _grown(sizes, leaves)
        yield from _proved(sizes, store, leaves)


def _made(sizes: Sizes, bodies: list[bytes]) -> Figure:
    entries = [usual_entry(number) for number in range(len(bodies))]
    sides: dict[str, Side] = {
        "ours": lambda: per_second(
            len(bodies),
            lambda: [
                leaf_digest(compose(entry, seq, BEGAN, EMPTY_DIGEST)) for seq, entry in enumerate(entries, 1)
            ],
        ),
        "bare": lambda: per_second(
            len(bodies), lambda: [hashlib.sha256(body).hexdigest() for body in bodies]
        ),
    }
    found = side_by_side(sides, sizes.rounds)
    what = "Ledger append: the entry checked, written as canonical JSON, and its digest"
    return figure(what, "SHA-256 of the same bytes", "entries/s", found["ours"], found["bare"])


def _grown(sizes: Sizes, leaves: list[bytes]) -> Figure:
    both = bytes(_NODE_BYTES)

    def grow() -> bytes:
        tree = TiledTree()
        for leaf in leaves:
            tree.append(leaf)
        return tree.root()

    sides: dict[str, Side] = {
        "ours": lambda: per_second(len(leaves), grow),
        "bare": lambda: per_second(len(leaves), lambda: [hashlib.sha256(both).digest() for _ in leaves]),
    }
    found = side_by_side(sides, sizes.rounds)
    beside = f"one SHA-256 of {_NODE_BYTES} bytes a leaf"
    return figure("Merkle tree grown, leaf by leaf", beside, "leaves/s", found["ours"], found["bare"])


def _proved(sizes: Sizes, store: Store, leaves: list[bytes]) -> Iterator[Figure]:
    size, both = len(leaves), bytes(_NODE_BYTES)
    places = [number * 7919 % size for number in range(sizes.checks)]
    with store.read() as reader:
        root, nodes = root_at(reader, size), nodes_of(reader)
        proofs = {place: inclusion_proof(nodes, place, size) for place in places}
    hashes = sum(map(len, proofs.values())) // len(proofs)
    driver = sqlite3.connect(make_url(str(store.engine.url)).database or "", isolation_level=None)
    sides: dict[str, Side] = {
        "proved": lambda: per_second(len(places), lambda: [_prove(store, place, size) for place in places]),
        "read": lambda: per_second(len(places), lambda: [_read(driver, place) for place in places]),
        "checked": lambda: per_second(
            len(places),
            lambda: [check_inclusion(leaves[each], each, size, proofs[each], root) for each in places],
        ),
        "hashed": lambda: per_second(
            len(places),
            lambda: [hashlib.sha256(both).digest() for _ in islice(cycle(places), hashes * len(places))],
        ),
    }
    found = side_by_side(sides, sizes.rounds)
    driver.close()
    what, beside = (
        f"Proof that an entry is among {size:,}, made from SQLite",
        "256 digests read by key through sqlite3, twice",
    )
    yield figure(what, beside, "proofs/s", found["proved"], found["read"])
    beside = f"{hashes} times SHA-256 of {_NODE_BYTES} bytes"
    yield figure(
        f"That proof checked, {hashes} hashes", beside, "proofs/s", found["checked"], found["hashed"]
    )


def _prove(store: Store, place: int, size: int) -> list[bytes]:
    with store.read() as reader:
        return inclusion_proof(nodes_of(reader), place, size)


def _read(driver: sqlite3.Connection, place: int) -> None:
    first = place - place % TILE
    for _ in range(2):
        driver.execute(_TILE_OF, (first, first + TILE)).fetchall()
