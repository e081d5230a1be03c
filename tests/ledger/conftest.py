"""Chains to look at and to spoil, and every database the ledger runs on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.ledger.body import EMPTY_DIGEST, compose, instant, leaf_digest
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.signing import keys
from broker.ledger.triggers import unguard_statements
from broker.ledger.verifying.faults import StoredHead
from broker.ledger.verifying.verify import StoredEntry
from broker.store import Store

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def step(number: int) -> Entry:
    return Entry(
        event="grant.active",
        actor="person_a",
        request=f"request_{number // 3}",
        grant=f"grant_{number % 3}",
        subject="person_b",
        facts={
            "minutes": number,
            "reason": "naïve \r\n\x1b[31m 🚑",
            "sites": ["site_1", {"scope": "order:1"}],
        },
    )


@pytest.fixture(scope="session")
def chain_of() -> Callable[[int], list[StoredEntry]]:
    """A whole chain of so many entries, as a database would give it back."""

    def build(length: int) -> list[StoredEntry]:
        entries: list[StoredEntry] = []
        previous = EMPTY_DIGEST
        for seq in range(1, length + 1):
            at, entry = NOON + timedelta(seconds=seq), step(seq)
            body = compose(entry, seq, at, previous)
            ids = (entry.event, entry.actor, entry.request, entry.grant, entry.subject)
            digest = leaf_digest(body)
            entries.append(StoredEntry((seq, instant(at), *ids, previous), digest, body))
            previous = digest
        return entries

    return build


@pytest.fixture(scope="session")
def head_of() -> Callable[[list[StoredEntry]], StoredHead]:
    """What the head row says of a whole chain."""
    return lambda entries: StoredHead(len(entries), entries[-1].digest, entries[-1].columns[1])


@pytest.fixture
def append(clock: SettableClock) -> Callable[[Store, int], None]:
    """Write so many more steps, a second apart, each in a transaction of its own."""

    def write(store: Store, count: int) -> None:
        for number in range(count):
            clock.advance(seconds=1)
            with store.write() as tx:
                Ledger().append(tx, step(number))

    return write


@pytest.fixture
def key(tmp_path: Path) -> keys.SigningKey:
    return keys.generate(tmp_path / "ledger.key", "broker.example/ledger")


@pytest.fixture
def owner(store: Store) -> Iterator[sqlite3.Connection]:
    """Somebody who owns the database file and has dropped the triggers."""
    connection = sqlite3.connect(store.engine.url.database or "", isolation_level=None)
    for statement in unguard_statements("sqlite"):
        connection.execute(statement)
    yield connection
    connection.close()
