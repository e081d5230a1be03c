from __future__ import annotations

import base64
import fcntl
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from broker.clock import SettableClock
from broker.errors import Invalid
from broker.ledger.check_database import check_database
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.keep import CheckpointKeeper, LedgerBroken
from broker.ledger.checkpoints.notes import parse_notes, read_notes
from broker.ledger.merkle.tree import node
from broker.ledger.read import entries_after
from broker.ledger.signing.cosign import cosign
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import open_note, sign_note, with_signature
from broker.ledger.tables import ledger_subtrees
from broker.ledger.verifying.faults import Kind
from broker.store import Store
from tests.benchmarks.bulk import fill_ledger
from tests.fakes.receipts import NOON, WITNESS


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


def old_head(key: SigningKey, store: Store, size: int) -> str:
    """What an earlier version signed: the last entry's digest, under an origin of its own."""
    with store.read() as reader:
        digest = bytes.fromhex(entries_after(reader, size - 1, 1)[0].digest)
    root = base64.b64encode(digest).decode()
    return sign_note(f"{key.name}/chain\n{size}\n{root}\nat 2026-03-01T12:00:00.000000Z\n", key)


def test_a_file_of_an_earlier_version_goes_on_with_checkpoints(
    keeper: CheckpointKeeper, store: Store, append: Callable
) -> None:
    """Its heads are held against every entry once; then the tree is signed, also when nothing was added."""
    append(store, 3)
    keeper.path.write_text(f"----\n{old_head(keeper.key, store, 2)}----\n{old_head(keeper.key, store, 3)}")
    first = keeper.keep(store)
    assert first
    assert (first.size, first.root) == (3, kept(keeper)[0].root)
    assert keeper.keep(store) == first
    append(store, 2)
    keeper.keep(store)
    assert [each.size for each in kept(keeper)] == [3, 5]
    assert check_database(store, keeper.path, keeper.key.public).report.checkpoints == 4


def test_a_ledger_rewritten_under_an_earlier_versions_head_is_not_signed(
    keeper: CheckpointKeeper, store: Store, append: Callable
) -> None:
    """What that version vouched for still counts."""
    append(store, 3)
    forged = sign_note(
        f"{keeper.key.name}/chain\n2\n{base64.b64encode(bytes(32)).decode()}\nat 2026-03-01T12:00:00.000000Z\n",
        keeper.key,
    )
    keeper.path.write_text(f"----\n{forged}")
    with pytest.raises(LedgerBroken) as broken:
        keeper.keep(store)
    assert broken.value.fault.kind is Kind.FORKED
    assert kept(keeper) == []


def test_a_note_that_gathered_signatures_takes_the_place_of_the_one_before(
    keeper: CheckpointKeeper, store: Store, append: Callable
) -> None:
    """It is appended, answered as the last one, and no other ledger's note gets in."""
    append(store, 1)
    checkpoint = keeper.keep(store)
    last = keeper.last()
    assert last
    witnessed = with_signature(last[0], cosign(WITNESS, open_note(last[0], keeper.key.public), NOON))
    keeper.add(witnessed)
    assert keeper.last() == (witnessed, checkpoint)
    assert keeper.keep(store) == checkpoint
    with pytest.raises(Invalid):
        keeper.add(sign_note("broker.example/other\n1\nx\n", keeper.key))
    assert keeper.last() == (witnessed, checkpoint)
    assert check_database(store, keeper.path, keeper.key.public).report.ok


def test_where_the_ledger_stands_is_signed_though_its_hashes_cannot_be_kept(
    keeper: CheckpointKeeper, store: Store, owner: sqlite3.Connection
) -> None:
    """They follow from the digests and can wait; a checkpoint must not."""
    fill_ledger(store, 300)
    owner.execute("CREATE TRIGGER full BEFORE INSERT ON ledger_subtrees BEGIN SELECT RAISE(ABORT, 'x'); END")
    assert keeper.keep(store)
    owner.execute("DROP TRIGGER full")
    with store.read() as reader:
        assert reader.all(select(ledger_subtrees)) == []
