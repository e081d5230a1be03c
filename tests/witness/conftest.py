"""A ledger in a real database, and a witness process that serves all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, text

from broker.clock import new_id
from broker.ledger.body import EMPTY_DIGEST
from broker.ledger.chain import Ledger
from broker.ledger.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.entry import Entry
from broker.ledger.signing.keys import SigningKey
from broker.ledger.tree_in_database import root_at
from broker.ledger.triggers import guard_statements, unguard_statements
from broker.store import Store
from broker.witness.asking.gather import Witnesses
from broker.witness.asking.named import Named
from broker.witness.cosigning.memory import Memory
from broker.witness.watch import Watch
from tests.witness.running import Running, running


@dataclass(frozen=True)
class House:
    """A broker's ledger: ``grow`` writes entries, ``watch`` is what vouches for them."""

    store: Store
    ledger: Ledger
    folder: Path
    key: SigningKey
    named: tuple[Named, ...]

    @property
    def keeper(self) -> CheckpointKeeper:
        return CheckpointKeeper(self.folder / "ledger-heads.txt", self.key)

    @property
    def watch(self) -> Watch:
        return Watch(self.store, self.ledger, self.keeper, Witnesses(self.named, self.folder))

    def grow(self, count: int) -> None:
        for _ in range(count):
            with self.store.write() as tx:
                self.ledger.append(tx, Entry("policy.changed", "broker"))

    def rewrite(self, place: int) -> None:
        """What somebody with hands on the database does to the past."""
        with self._hands() as connection:
            connection.execute(
                text("UPDATE ledger_entries SET digest=:digest WHERE seq=:seq"),
                {"digest": "ab" * 32, "seq": place},
            )

    def set_back(self, size: int) -> None:
        """The database as it was after ``size`` entries, as a backup brings it back."""
        with self._hands() as connection:
            connection.execute(text("DELETE FROM ledger_entries WHERE seq > :size"), {"size": size})
            connection.execute(
                text(
                    "UPDATE ledger_head SET seq=:size, digest=coalesce((SELECT digest FROM ledger_entries WHERE seq=:size),"
                    " :empty), at=coalesce((SELECT at FROM ledger_entries WHERE seq=:size), at)"
                ),
                {"size": size, "empty": EMPTY_DIGEST},
            )
            for statement in guard_statements(connection.dialect.name):
                connection.exec_driver_sql(statement)

    def sign_anew(self, size: int) -> None:
        """The folder of checkpoints with one alone, of the first ``size`` entries as they are now."""
        self.keeper.path.unlink(missing_ok=True)
        with self.store.read() as reader:
            self.keeper.add(sign_checkpoint(self.key, Checkpoint(size, root_at(reader, size), reader.at)))

    @contextmanager
    def _hands(self) -> Iterator[Connection]:
        with self.store.engine.begin() as connection:
            for statement in unguard_statements(connection.dialect.name):
                connection.exec_driver_sql(statement)
            yield connection


@pytest.fixture(scope="session")
def shared_witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Memory]]:
    folder = tmp_path_factory.mktemp("witness")
    with running(folder, calls_a_minute=100_000) as process:
        yield process, Memory(folder / "ledgers")


@pytest.fixture
def witness(shared_witness: tuple[Running, Memory]) -> Running:
    return shared_witness[0]


@pytest.fixture
def memory(shared_witness: tuple[Running, Memory]) -> Memory:
    """What that witness remembers, and where it is told whom to watch."""
    return shared_witness[1]


@pytest.fixture
def house(store: Store, tmp_path: Path, witness: Running, memory: Memory) -> House:
    """A ledger of its own name, which the witness watches."""
    key = SigningKey(f"{new_id('house')}.example/ledger", Ed25519PrivateKey.generate())
    memory.trust(key.public, key.name)
    folder = tmp_path / "heads"
    folder.mkdir()
    return House(store, Ledger(), folder, key, (Named(witness.key, witness.url),))
