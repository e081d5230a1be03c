"""The tree over a ledger of more than one tile, kept and made again, on every database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from broker.errors import Unavailable
from broker.ledger.check_database import check_database
from broker.ledger.checkpoints.keep import CheckpointKeeper, LedgerBroken
from broker.ledger.merkle.check import check_consistency, check_inclusion
from broker.ledger.merkle.proofs import consistency_proof, inclusion_proof
from broker.ledger.merkle.tree import CompactRange
from broker.ledger.read import entries_after
from broker.ledger.signing.keys import SigningKey
from broker.ledger.subtrees import grow_subtrees
from broker.ledger.tree_in_database import nodes_of, root_at, tree_at
from broker.ledger.triggers import unguard_statements
from broker.ledger.verifying.faults import Kind
from broker.store import Store
from tests.benchmarks.bulk import fill_ledger

SIZE = 1000
SUBTREES = text("SELECT level, place, digest FROM ledger_subtrees ORDER BY level, place")


@pytest.fixture
def leaves(any_store: Store) -> list[bytes]:
    """The digests of a ledger of three whole tiles and a part of a fourth."""
    return filled(any_store)


@pytest.fixture
def keeper(tmp_path: Path, key: SigningKey) -> CheckpointKeeper:
    return CheckpointKeeper(tmp_path / "checkpoints", key)


def filled(store: Store) -> list[bytes]:
    fill_ledger(store, SIZE)
    with store.read() as reader:
        return [bytes.fromhex(each.digest) for each in entries_after(reader, 0, SIZE)]


def root_of(leaves: list[bytes]) -> bytes:
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def as_owner(owner: sqlite3.Connection, statement: str) -> None:
    """Do what the triggers forbid."""
    for each in (*unguard_statements("sqlite"), statement):
        owner.execute(each)


def kept(store: Store) -> list[tuple[int, int]]:
    with store.read() as reader:
        return [(row.level, row.place) for row in reader.all(SUBTREES)]


def test_roots_and_proofs_hold_with_and_without_what_is_kept(any_store: Store, leaves: list[bytes]) -> None:
    """At sizes around every edge the stored tree has the true root, and its proofs are accepted."""
    root = root_of(leaves)
    for _ in range(2):
        with any_store.read() as reader:
            nodes = nodes_of(reader)
            for size in (0, 1, 2, 255, 256, 257, 511, 512, 513, 768, 999, SIZE):
                found = root_at(reader, size)
                assert found == root_of(leaves[:size]) == tree_at(nodes, size).root()
                check_consistency(size, found, SIZE, root, consistency_proof(nodes, size, SIZE))
            for index in (0, 1, 255, 256, 700, 767, 768, 999):
                check_inclusion(leaves[index], index, SIZE, inclusion_proof(nodes, index, SIZE), root)
        grow_subtrees(any_store, SIZE)
        assert kept(any_store) == [(8, 0), (8, 1), (8, 2)]


def test_keeping_goes_on_where_it_stopped(any_store: Store, leaves: list[bytes]) -> None:
    """Each complete stretch is written once, whoever asks and however often."""
    for size, count in ((255, 0), (256, 1), (300, 1), (SIZE, 3), (SIZE, 3), (700, 3)):
        grow_subtrees(any_store, size)
        assert len(kept(any_store)) == count
    assert leaves


def test_an_entry_that_is_not_there_is_told(any_store: Store, leaves: list[bytes]) -> None:
    """Nothing is proved past the end, or with a hole in the ledger."""
    with any_store.read() as reader, pytest.raises(Unavailable, match="no entry 1001"):
        root_at(reader, len(leaves) + 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_subtrees SET digest = 'x'",
        "DELETE FROM ledger_subtrees WHERE place = 2",
        "INSERT INTO ledger_subtrees VALUES (8, 1, 'x')",
        "INSERT INTO ledger_subtrees VALUES (8, 4, 'x')",
        "INSERT INTO ledger_subtrees VALUES (16, 1, 'x')",
    ],
)
def test_the_database_refuses_to_change_what_is_kept(
    any_store: Store, leaves: list[bytes], statement: str
) -> None:
    """Kept hashes are guarded as the entries are."""
    grow_subtrees(any_store, len(leaves))
    with pytest.raises(IntegrityError), any_store.write() as tx:
        tx.connection.exec_driver_sql(statement)


def test_a_checkpoint_keeps_what_became_complete(
    any_store: Store, leaves: list[bytes], keeper: CheckpointKeeper, append: Callable
) -> None:
    """The root signed is that of all entries, also when the next one goes on from the last."""
    first = keeper.keep(any_store)
    assert first
    assert (first.size, first.root) == (SIZE, root_of(leaves))
    append(any_store, 30)
    second = keeper.keep(any_store)
    assert second
    assert kept(any_store) == [(8, 0), (8, 1), (8, 2), (8, 3)]
    with any_store.read() as reader:
        proof = consistency_proof(nodes_of(reader), first.size, second.size)
    check_consistency(first.size, first.root, second.size, second.root, proof)
    checked = check_database(any_store, keeper.path, keeper.key.public)
    assert checked.ok
    assert checked.report.checkpoints == 2


@pytest.mark.parametrize(
    ("spoil", "seq"),
    [
        (
            "UPDATE ledger_subtrees SET digest = (SELECT digest FROM ledger_entries WHERE seq = 1) WHERE place = 1",
            257,
        ),
        ("UPDATE ledger_subtrees SET digest = 'rubbish' WHERE place = 0", 1),
        ("DELETE FROM ledger_subtrees WHERE place = 1", 257),
        ("INSERT INTO ledger_subtrees SELECT 8, 3, digest FROM ledger_subtrees WHERE place = 0", None),
        ("INSERT INTO ledger_subtrees SELECT 16, 0, digest FROM ledger_subtrees WHERE place = 0", None),
        ("INSERT INTO ledger_subtrees SELECT 7, 0, digest FROM ledger_subtrees WHERE place = 0", None),
    ],
)
def test_an_altered_subtree_is_found(
    store: Store, keeper: CheckpointKeeper, owner: sqlite3.Connection, spoil: str, seq: int | None
) -> None:
    """The check of everything names the entries it is about; no other fault is told."""
    filled(store)
    keeper.keep(store)
    as_owner(owner, spoil)
    report = check_database(store, keeper.path, keeper.key.public).report
    assert [(fault.kind, fault.seq) for fault in report.faults] == [(Kind.SUBTREE, seq)]


def test_an_altered_subtree_stops_the_signing(
    store: Store, keeper: CheckpointKeeper, owner: sqlite3.Connection, append: Callable
) -> None:
    """A hash that does not lead to the signed root is noticed before anything new is vouched for."""
    filled(store)
    keeper.keep(store)
    append(store, 1)
    as_owner(owner, "UPDATE ledger_subtrees SET digest = replace(digest, 'a', 'b') WHERE place = 0")
    with pytest.raises(LedgerBroken) as broken:
        keeper.keep(store)
    assert broken.value.fault.kind is Kind.FORKED


def test_a_subtree_slipped_in_beforehand_stops_the_signing(
    store: Store, keeper: CheckpointKeeper, owner: sqlite3.Connection, append: Callable
) -> None:
    """Somebody who writes the hash of entries to come does not get it under a checkpoint."""
    filled(store)
    keeper.keep(store)
    as_owner(owner, "INSERT INTO ledger_subtrees SELECT 8, 3, digest FROM ledger_subtrees WHERE place = 0")
    append(store, 30)
    with pytest.raises(LedgerBroken) as broken:
        keeper.keep(store)
    assert broken.value.fault.kind is Kind.SUBTREE


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE ledger_entries SET digest = (SELECT digest FROM ledger_entries WHERE seq = 1) WHERE seq = 1000",
        "UPDATE ledger_entries SET digest = 'rubbish' WHERE seq = 900",
        "DELETE FROM ledger_entries WHERE seq = 800",
    ],
)
def test_what_was_done_to_the_last_tile_stops_the_signing(
    store: Store, keeper: CheckpointKeeper, owner: sqlite3.Connection, append: Callable, spoil: str
) -> None:
    """The digests since the last whole tile are read again each time."""
    filled(store)
    keeper.keep(store)
    append(store, 1)
    as_owner(owner, spoil)
    with pytest.raises(LedgerBroken):
        keeper.keep(store)


def test_the_last_entry_of_a_whole_tile_is_read_again_too(
    store: Store, keeper: CheckpointKeeper, owner: sqlite3.Connection, append: Callable
) -> None:
    """At a size where everything is a kept subtree, the entry the chain goes on from is not taken on trust."""
    filled(store)
    append(store, 24)
    checkpoint = keeper.keep(store)
    assert checkpoint
    assert checkpoint.size == 1024
    as_owner(owner, "UPDATE ledger_entries SET digest = replace(digest, 'a', 'b') WHERE seq = 1024")
    with pytest.raises(LedgerBroken):
        keeper.keep(store)


def test_a_ledger_whose_subtrees_are_gone_is_signed_and_mended(
    store: Store, keeper: CheckpointKeeper, owner: sqlite3.Connection, append: Callable
) -> None:
    """They follow from the digests, so losing them loses nothing."""
    filled(store)
    keeper.keep(store)
    as_owner(owner, "DELETE FROM ledger_subtrees")
    append(store, 1)
    assert keeper.keep(store)
    assert len(kept(store)) == 3
    assert check_database(store, keeper.path, keeper.key.public).report.ok
