from __future__ import annotations

import fcntl
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.keep import CheckpointKeeper, LedgerBroken
from broker.ledger.checkpoints.notes import parse_notes, read_notes
from broker.ledger.merkle.tree import node
from broker.ledger.read import entries_after
from broker.ledger.signing.keys import SigningKey
from broker.ledger.verifying.faults import Kind
from broker.store import Store


@pytest.fixture
def keeper(tmp_path: Path, key: SigningKey) -> CheckpointKeeper:
    return CheckpointKeeper(tmp_path / "heads", key)


def kept(keeper: CheckpointKeeper) -> list[Checkpoint]:
    said = parse_notes(read_notes(keeper.path), keeper.key.public)
    return [each for each in said if isinstance(each, Checkpoint)]


def test_a_head_says_where_the_chain_stands(
    keeper: CheckpointKeeper, any_store: Store, append: Callable
) -> None:
    """The kept checkpoint has the number of entries and their Merkle root, and the moment of signing."""
    append(any_store, 3)
    head = keeper.keep(any_store)
    with any_store.read() as reader:
        leaves = [bytes.fromhex(each.digest) for each in entries_after(reader, 0)]
    assert head == Checkpoint(3, node(node(*leaves[:2]), leaves[2]), any_store.clock.now())
    assert kept(keeper) == [head]


def test_nothing_new_adds_nothing(
    keeper: CheckpointKeeper, store: Store, append: Callable, clock: SettableClock
) -> None:
    """An empty ledger is not signed, and one without news is not signed again."""
    assert keeper.keep(store) is None
    append(store, 1)
    first = keeper.keep(store)
    clock.advance(hours=1)
    assert keeper.keep(store) == first
    assert len(kept(keeper)) == 1


def test_heads_follow_each_other(keeper: CheckpointKeeper, store: Store, append: Callable) -> None:
    """Each call appends one more, and only what came since is read again."""
    for count in (2, 3, 4):
        append(store, count)
        keeper.keep(store)
    assert [head.size for head in kept(keeper)] == [2, 5, 9]


def test_a_rewritten_past_is_not_signed(
    keeper: CheckpointKeeper, store: Store, append: Callable, owner: sqlite3.Connection
) -> None:
    """When the chain does not go on from the last head, signing raises and the file stays as it is."""
    append(store, 3)
    keeper.keep(store)
    owner.execute("DELETE FROM ledger_entries WHERE seq >= 2")
    owner.execute("UPDATE ledger_head SET (seq, digest) = (SELECT seq, digest FROM ledger_entries)")
    with pytest.raises(LedgerBroken) as cut:
        keeper.keep(store)
    assert cut.value.fault.kind is Kind.TRUNCATED
    append(store, 5)
    with pytest.raises(LedgerBroken) as forked:
        keeper.keep(store)
    assert forked.value.fault.kind is Kind.FORKED
    assert len(kept(keeper)) == 1


def test_an_edit_since_the_last_head_is_not_signed(
    keeper: CheckpointKeeper, store: Store, append: Callable, owner: sqlite3.Connection
) -> None:
    """New entries are checked before they are vouched for."""
    append(store, 2)
    keeper.keep(store)
    append(store, 2)
    owner.execute("UPDATE ledger_entries SET body = replace(body, 'person_a', 'person_x') WHERE seq = 3")
    with pytest.raises(LedgerBroken, match="Entry 3 was changed"):
        keeper.keep(store)


def test_after_a_torn_write_the_next_head_stands_alone(
    keeper: CheckpointKeeper, store: Store, append: Callable
) -> None:
    """A head half written by a power cut does not spoil the one after it."""
    append(store, 1)
    keeper.keep(store)
    whole = keeper.path.read_bytes()
    keeper.path.write_bytes(whole + whole[: len(whole) // 2])
    append(store, 1)
    keeper.keep(store)
    assert [head.size for head in kept(keeper)] == [1, 2]


def test_the_last_head_is_found_behind_much_damage(
    keeper: CheckpointKeeper, store: Store, append: Callable
) -> None:
    """When the file's tail holds no good head the whole of it is read."""
    append(store, 1)
    head = keeper.keep(store)
    with keeper.path.open("a") as file:
        file.write("----\nrubbish\n" * 10_000)
    last = keeper.last()
    assert last
    assert last[1] == head


def test_a_keeper_waits_for_another(keeper: CheckpointKeeper, store: Store, append: Callable) -> None:
    """While anybody holds the file, nothing is read from it or added to it."""
    append(store, 1)
    thread = threading.Thread(target=keeper.keep, args=(store,))
    with keeper.path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert kept(keeper) == []
    thread.join()
    assert len(kept(keeper)) == 1


def test_two_keepers_at_once_keep_one_head(keeper: CheckpointKeeper, store: Store, append: Callable) -> None:
    """Processes that sign at the same moment queue on the file; the second finds nothing new."""
    append(store, 1)
    threads = [threading.Thread(target=keeper.keep, args=(store,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(keeper)) == 1
