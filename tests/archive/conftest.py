"""Ledgers to archive, and the places they are archived in."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.archive.copying.copy_on import Source
from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.places.inode_flags import unprotect
from broker.archive.places.object_lock import LockedBucket
from broker.archive.places.place import Place
from broker.ledger.chain import Ledger
from broker.ledger.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from broker.ledger.entry import Entry
from broker.ledger.merkle.tree import CompactRange
from broker.ledger.signing.keys import SigningKey, generate
from broker.ledger.snapshot import snapshot
from broker.ledger.triggers import guard_statements, unguard_statements
from broker.store import Store
from tests.fakes.object_store import ObjectStore

KEEPS = timedelta(days=3)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return generate(tmp_path / "ledger.key", "broker.example/ledger")


class Written:
    """A ledger that grows by steps, and vouches for all of itself when it is asked."""

    def __init__(self, store: Store, key: SigningKey) -> None:
        self.store, self.key = store, key
        self.last: tuple[str, Checkpoint] | None = None

    def grow(self, count: int) -> None:
        for number in range(count):
            with self.store.write() as tx:
                Ledger().append(
                    tx, Entry("grant.active", "person_a", grant=f"grant_{number}", facts={"said": "naïve\n"})
                )

    def vouch(self) -> Checkpoint:
        tree = CompactRange()
        with snapshot(self.store) as look:
            for entry in look.entries():
                tree.append(bytes.fromhex(entry.digest))
        checkpoint = Checkpoint(tree.size, tree.root(), self.store.clock.now())
        self.last = (sign_checkpoint(self.key, checkpoint), checkpoint)
        return checkpoint

    @property
    def source(self) -> Source:
        return Source(self.store, self.key.public, lambda: self.last)


@pytest.fixture
def written(store: Store, key: SigningKey) -> Written:
    """Ten entries under a checkpoint."""
    ledger = Written(store, key)
    ledger.grow(10)
    ledger.vouch()
    return ledger


def as_owner(store: Store, *statements: str) -> None:
    """Do what the triggers forbid, and leave them as they were."""
    with closing(sqlite3.connect(store.engine.url.database or "", isolation_level=None)) as connection:
        for each in (*unguard_statements("sqlite"), *statements, *guard_statements("sqlite")):
            connection.execute(each)


@pytest.fixture
def bucket(object_store: ObjectStore) -> LockedBucket:
    """An empty one with Object Lock."""
    return bucket_in(object_store)


def bucket_in(object_store: ObjectStore, *, locked: bool = True) -> LockedBucket:
    from broker.archive.places.bucket_client import bucket_client

    name = object_store.make_bucket(locked=locked)
    # The store goes by the machine's time.
    return LockedBucket(
        bucket_client(object_store.settings(name)), name, "a/", KEEPS, lambda: datetime.now(UTC)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[AppendOnlyFolder]:
    root = tmp_path / "archive" / "ledger"
    yield AppendOnlyFolder(root)
    release(root)


def release(root: Path) -> None:
    """Take off what keeps even root from changing a folder, so that it can be spoilt or removed."""
    if not root.exists():
        return
    unprotect(root)
    for where, folders, files in os.walk(root):
        for name in (*folders, *files):
            unprotect(Path(where) / name)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest) -> Place:
    """Every kind of archive."""
    found: Place = request.getfixturevalue(request.param)
    return found
