from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker.ledger.body import leaf_digest
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.heads import Head
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.checkpoints.notes import UnreadableNote, parse_notes, read_notes
from broker.ledger.merkle.tree import CompactRange, fold
from broker.ledger.signing.keys import SigningKey
from broker.ledger.snapshot import snapshot
from broker.ledger.verifying.faults import KEPT_FAULTS, Kind, Report
from broker.ledger.verifying.verify import BEGINNING, Start, StoredEntry, verify
from broker.store import Store
from tests.ledger.conftest import NOON

Owner = sqlite3.Connection


@pytest.fixture
def check(
    store: Store, append: Callable, owner: Owner, tmp_path: Path, key: SigningKey
) -> Callable[[], Report]:
    """Ten entries with checkpoints signed at 4 and at 8; calling this checks what became of them."""
    keeper = CheckpointKeeper(tmp_path / "heads", key)
    for count in (4, 4):
        append(store, count)
        keeper.keep(store)
    append(store, 2)

    def run() -> Report:
        signed = parse_notes(read_notes(keeper.path), key.public)
        with snapshot(store) as look:
            return verify(look.entries(), stored_head=look.head(), checkpoints=signed)

    return run


def found(report: Report) -> list[tuple[Kind, int | None]]:
    return [(fault.kind, fault.seq) for fault in report.faults]


def rewrite(owner: Owner, seq: int, old: str, new: str) -> None:
    """Edit a body and put the digest right, as somebody who knows the format would."""
    body = owner.execute("SELECT body FROM ledger_entries WHERE seq = ?", (seq,)).fetchone()[0]
    changed = body.replace(old, new)
    assert changed != body
    values = (changed, leaf_digest(changed.encode()), seq)
    owner.execute("UPDATE ledger_entries SET body = ?, digest = ? WHERE seq = ?", values)


def set_head_to_last(owner: Owner) -> None:
    owner.execute(
        "UPDATE ledger_head SET (seq, digest, at) = "
        "(SELECT seq, digest, at FROM ledger_entries ORDER BY seq DESC LIMIT 1)"
    )


def test_a_whole_ledger_has_no_faults(check: Callable[[], Report]) -> None:
    """Everything is counted, and what no checkpoint vouches for yet is told."""
    report = check()
    assert report.ok
    assert report.first is None
    assert (report.entries, report.checkpoints, report.last_seq, report.beyond_checkpoints) == (10, 2, 10, 2)
    assert report.last_checkpoint
    assert report.last_checkpoint.size == 8


def test_an_edited_body_is_found(check: Callable[[], Report], owner: Owner) -> None:
    """The entry that was changed is named, and no other is blamed."""
    owner.execute("UPDATE ledger_entries SET body = replace(body, 'person_a', 'person_x') WHERE seq = 6")
    assert found(check()) == [(Kind.EDITED_BODY, 6)]


def test_an_edited_digest_is_found(check: Callable[[], Report], owner: Owner) -> None:
    """A digest that was overwritten no longer fits the text it stands beside."""
    owner.execute("UPDATE ledger_entries SET digest = ? WHERE seq = 6", ("0" * 64,))
    assert found(check()) == [(Kind.EDITED_BODY, 6)]


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("at", "2026-03-01 12:00:06.000001", "at"),
        ("at", "yesterday", "at"),
        ("event", "grant.denied", "event"),
        ("actor_id", "person_x", "actor"),
        ("actor_id", b"\xff\xfe", "actor"),
        ("request_id", None, "request"),
        ("grant_id", "grant_x", "grant"),
        ("subject_id", 7, "subject"),
        ("previous", "0" * 64, "previous"),
    ],
)
def test_an_edited_column_is_found(
    check: Callable[[], Report], owner: Owner, column: str, value: object, name: str
) -> None:
    """An index that no longer says what the body says is named with its entry, unreadable bytes included."""
    expression = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
    owner.execute(f"UPDATE ledger_entries SET {column} = {expression} WHERE seq = 6", (value,))
    report = check()
    assert found(report) == [(Kind.EDITED_COLUMN, 6)]
    assert f"column {name}:" in report.faults[0].words


def test_a_body_of_broken_bytes_is_found(check: Callable[[], Report], owner: Owner) -> None:
    """Bytes that are no text any more do not stop the check."""
    owner.execute("UPDATE ledger_entries SET body = CAST(? AS TEXT) WHERE seq = 6", (b"{\xff\x00",))
    assert found(check()) == [(Kind.EDITED_BODY, 6)]


@pytest.mark.parametrize(
    ("where", "words"), [("seq = 6", "Entry 6 is missing"), ("seq IN (6, 7)", "Entries 6 to 7 are")]
)
def test_a_deletion_is_found(check: Callable[[], Report], owner: Owner, where: str, words: str) -> None:
    """The gap is named by the entries that are gone."""
    owner.execute(f"DELETE FROM ledger_entries WHERE {where}")
    report = check()
    assert found(report) == [(Kind.GAP, 6)]
    assert words in report.faults[0].words


def test_the_first_entry_gone_is_found(check: Callable[[], Report], owner: Owner) -> None:
    """A gap at the beginning counts as well."""
    owner.execute("DELETE FROM ledger_entries WHERE seq = 1")
    assert found(check()) == [(Kind.GAP, 1)]


def test_two_entries_that_changed_places_are_found(check: Callable[[], Report], owner: Owner) -> None:
    """Each of the two is named with the place it was written at."""
    owner.executescript(
        "UPDATE ledger_entries SET seq = 0 WHERE seq = 5; UPDATE ledger_entries SET seq = 5 WHERE seq = 6;"
        "UPDATE ledger_entries SET seq = 6 WHERE seq = 0;"
    )
    report = check()
    assert found(report) == [(Kind.REORDERED, 5), (Kind.REORDERED, 6)]
    assert "Entry 5 holds what was written as entry 6" in report.faults[0].words


def test_a_rewritten_entry_is_found_by_the_one_after_it(check: Callable[[], Report], owner: Owner) -> None:
    """With its digest put right, the next entry still names the old one, and the next checkpoint does not fit."""
    rewrite(owner, 6, "person_a", "person_x")
    owner.execute("UPDATE ledger_entries SET actor_id = 'person_x' WHERE seq = 6")
    report = check()
    assert found(report) == [(Kind.WRONG_PREVIOUS, 7), (Kind.FORKED, 8)]
    assert "entry 6" in report.faults[0].words


def test_a_rewritten_chain_is_found_by_its_checkpoint(check: Callable[[], Report], owner: Owner) -> None:
    """Every digest put right up to the end, head row included: only the checkpoint tells."""
    rewrite(owner, 2, '"minutes":1', '"minutes":9')
    for seq in range(3, 11):
        old, new = (
            owner.execute("SELECT previous FROM ledger_entries WHERE seq = ?", (seq,)).fetchone()[0],
            owner.execute("SELECT digest FROM ledger_entries WHERE seq = ?", (seq - 1,)).fetchone()[0],
        )
        rewrite(owner, seq, old, new)
        owner.execute("UPDATE ledger_entries SET previous = ? WHERE seq = ?", (new, seq))
    set_head_to_last(owner)
    report = check()
    assert found(report) == [(Kind.FORKED, 4), (Kind.FORKED, 8)]
    assert report.checkpoints == 0


def test_a_truncation_is_found_by_the_checkpoint(check: Callable[[], Report], owner: Owner) -> None:
    """The end cut off and the head row set back: the checkpoint says how many are gone."""
    owner.execute("DELETE FROM ledger_entries WHERE seq > 6")
    set_head_to_last(owner)
    report = check()
    assert found(report) == [(Kind.TRUNCATED, 7)]
    assert "entries 7 to 8 were cut off" in report.faults[0].words


def test_an_emptied_ledger_is_found_by_the_checkpoint(check: Callable[[], Report], owner: Owner) -> None:
    """Everything gone, as if the broker were new, is the largest truncation."""
    owner.execute("DELETE FROM ledger_entries")
    owner.execute("UPDATE ledger_head SET seq = 0")
    assert (Kind.TRUNCATED, 1) in found(check())


def test_the_end_cut_off_without_the_head_row_is_found(check: Callable[[], Report], owner: Owner) -> None:
    """The database's own head row tells of entries no checkpoint counted yet."""
    owner.execute("DELETE FROM ledger_entries WHERE seq > 8")
    assert found(check()) == [(Kind.HEAD_MISMATCH, 8)]


@pytest.mark.parametrize(
    "edit",
    [
        "seq = 12",
        "seq = 9",
        "digest = 'x'",
        "at = '2020-01-01 00:00:00'",
        "digest = CAST(x'ff' AS TEXT)",
        "seq = 'x'",
    ],
)
def test_an_edited_head_row_is_found(check: Callable[[], Report], owner: Owner, edit: str) -> None:
    """The row that says where the ledger ends must fit the last entry."""
    owner.execute(f"UPDATE ledger_head SET {edit}")
    assert found(check()) == [(Kind.HEAD_MISMATCH, 10)]


def test_a_lost_head_row_is_found(check: Callable[[], Report], owner: Owner) -> None:
    """Without the row the ledger is not whole, though every entry is."""
    owner.execute("DELETE FROM ledger_head")
    assert found(check()) == [(Kind.HEAD_MISMATCH, 10)]


def test_a_clock_that_went_back_is_found(chain_of: Callable, head_of: Callable) -> None:
    """An entry dated before the one it follows is named, even in a chain that fits otherwise."""
    entries = chain_of(3)
    body = entries[2].body.replace(b"12:00:03", b"12:00:01")
    columns = (3, "2026-03-01T12:00:01.000000Z", *entries[2].columns[2:])
    entries[2] = StoredEntry(columns, leaf_digest(body), body)
    assert found(verify(entries, stored_head=head_of(entries)))[0] == (Kind.CLOCK_BACK, 3)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b'"format":1', b'"format":2', Kind.UNREADABLE),
        (b'"format":1,', b"", Kind.UNREADABLE),
        (b'"format":1', b'"extra":1,"format":1', Kind.UNREADABLE),
        (b'"seq":3', b'"seq":"3"', Kind.UNREADABLE),
        (b'"seq":3', b'"seq":true', Kind.UNREADABLE),
        (b'"format":1', b'"format": 1', Kind.NOT_CANONICAL),
        (b'"format":1', b'"format":1,"format":1', Kind.NOT_CANONICAL),
        ("naïve".encode(), b"\\ud800", Kind.NOT_CANONICAL),
        (b"{", b" {", Kind.UNREADABLE),
        (b"{", b"\xef\xbb\xbf{", Kind.UNREADABLE),
        (b"{", b"[" * 100_000, Kind.UNREADABLE),
    ],
)
def test_an_entry_that_readers_could_differ_on_is_found(
    chain_of: Callable, head_of: Callable, old: bytes, new: bytes, kind: Kind
) -> None:
    """A body whose digest fits must still be of the known format, in its one canonical form."""
    entries = chain_of(3)
    body = entries[2].body.replace(old, new, 1)
    entries[2] = StoredEntry(entries[2].columns, leaf_digest(body), body)
    assert found(verify(entries, stored_head=head_of(entries))) == [(kind, 3)]


def tree_of(entries: list[StoredEntry], size: int) -> Checkpoint:
    tree = CompactRange()
    for entry in entries[:size]:
        tree.append(bytes.fromhex(entry.digest))
    return Checkpoint(size, tree.root())


def end_of(entries: list[StoredEntry], size: int) -> Head:
    return Head(size, entries[size - 1].digest, NOON)


SIGN = pytest.mark.parametrize("sign", [tree_of, end_of])


def test_a_checkpoint_that_cannot_be_trusted_is_a_fault(chain_of: Callable, head_of: Callable) -> None:
    """A bad signature is told, and what that note says is not used."""
    entries = chain_of(3)
    signed = [UnreadableNote(1, "Its signature is wrong.")]
    report = verify(entries, stored_head=head_of(entries), checkpoints=signed)
    assert found(report) == [(Kind.BAD_CHECKPOINT, None)]
    assert report.checkpoints == 0


@SIGN
def test_checkpoints_that_went_back_are_a_fault(
    chain_of: Callable, head_of: Callable, sign: Callable
) -> None:
    """A smaller one signed after a larger one means that the ledger was set back in between."""
    entries = chain_of(3)
    signed = [sign(entries, size) for size in (3, 2, 3)]
    report = verify(entries, stored_head=head_of(entries), checkpoints=signed)
    assert found(report) == [(Kind.CHECKPOINT_BACK, 2)]
    assert report.checkpoints == 2


@pytest.mark.parametrize(("sign", "fit"), [(tree_of, 1), (end_of, 2)])
def test_a_checkpoint_of_a_missing_entry_adds_nothing_to_the_gap(
    chain_of: Callable, head_of: Callable, sign: Callable, fit: int
) -> None:
    """The gap is told once; the heads of an older version after it can still be held against the entries, roots cannot."""
    entries = chain_of(5)
    signed = [sign(entries, size) for size in (2, 3, 4)]
    stored = head_of(entries)
    report = verify(entries[:2] + entries[3:], stored_head=stored, checkpoints=signed)
    assert found(report) == [(Kind.GAP, 3)]
    assert report.checkpoints == fit
    assert report.root is None


@SIGN
def test_an_edited_text_does_not_make_every_later_checkpoint_look_forged(
    chain_of: Callable, head_of: Callable, sign: Callable
) -> None:
    """What was signed still fits the digest beside it, so only the entry is blamed."""
    entries = chain_of(9)
    signed = [sign(entries, size) for size in (2, 4, 6, 9)]
    for place in (3, 5):
        entries[place] = entries[place]._replace(body=entries[place].body + b" ")
    report = verify(entries, stored_head=head_of(entries), checkpoints=signed)
    assert found(report) == [(Kind.EDITED_BODY, 4), (Kind.EDITED_BODY, 6)]


def test_two_edits_that_hide_each_other_do_not_pass(chain_of: Callable, head_of: Callable) -> None:
    """One text and another digest edited: no root fits what was signed, and that is said as well."""
    entries = chain_of(9)
    signed = [tree_of(entries, size) for size in (2, 9)]
    entries[3] = entries[3]._replace(body=entries[3].body + b" ")
    entries[5] = entries[5]._replace(digest="0" * 64)
    report = verify(entries, stored_head=head_of(entries), checkpoints=signed)
    assert found(report) == [(Kind.EDITED_BODY, 4), (Kind.EDITED_BODY, 6), (Kind.FORKED, 9)]


@pytest.mark.parametrize("begin", [0, 1, 255, 256, 257, 300])
def test_a_check_goes_on_from_anywhere_with_the_same_roots(
    chain_of: Callable, head_of: Callable, begin: int
) -> None:
    """From a trusted size and its subtrees the rest gives the root of the whole, and earlier checkpoints are left out."""
    entries = chain_of(600)
    tiles: list[tuple[int, bytes]] = []
    kept = CompactRange()
    for entry in entries[:begin]:
        kept.append(bytes.fromhex(entry.digest))
    start = Start(begin, entries[begin - 1].digest if begin else BEGINNING.digest, "", tuple(kept.hashes))
    signed = [tree_of(entries, size) for size in (1, 256, 400, 600)]
    report = verify(
        entries[begin:],
        stored_head=head_of(entries),
        checkpoints=signed,
        start=start,
        on_tile=lambda place, digest: tiles.append((place, digest)),
    )
    assert report.ok
    assert report.root == signed[-1].root
    assert report.checkpoints == len([each for each in signed if each.size > begin])
    whole = [(0, signed[1].root), (1, subtree_of(entries[256:512]))]
    assert tiles == [(place, digest) for place, digest in whole if (place + 1) * 256 > begin]


def subtree_of(entries: list[StoredEntry]) -> bytes:
    return fold([bytes.fromhex(entry.digest) for entry in entries])


def test_faults_without_end_are_counted_and_the_first_kept(chain_of: Callable, head_of: Callable) -> None:
    """A ledger broken all over does not fill the memory of the one who checks it."""
    entries = chain_of(KEPT_FAULTS + 50)
    spoiled: Iterator[StoredEntry] = (it._replace(body=it.body + b" ") for it in entries)
    report = verify(spoiled, stored_head=head_of(entries))
    assert len(report.faults) == KEPT_FAULTS
    assert report.fault_count >= KEPT_FAULTS + 50


def test_words_show_nothing_of_what_an_entry_says(check: Callable[[], Report], owner: Owner) -> None:
    """Faults name places and columns, never content, which could be crafted or about a person."""
    owner.execute("UPDATE ledger_entries SET actor_id = 'CANARY', event = 'CANARY' WHERE seq = 3")
    owner.execute("UPDATE ledger_entries SET body = 'CANARY' WHERE seq = 5")
    rewrite(owner, 7, "person_a", "CANARY")
    assert "CANARY" not in "".join(fault.words for fault in check().faults)


def test_the_check_needs_no_database_and_no_web() -> None:
    """Importing the verifier and the export brings neither SQLAlchemy nor Flask nor the store."""
    code = (
        "import sys, broker.ledger.verifying.verify, broker.ledger.exporting.export\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'sqlalchemy', 'flask'} or 'broker.store' in name])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
