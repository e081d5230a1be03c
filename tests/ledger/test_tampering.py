"""Whatever is done to a ledger, it is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from broker.ledger.body import EMPTY_DIGEST, leaf_digest
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.heads import Head
from broker.ledger.checkpoints.notes import Vouching
from broker.ledger.merkle.tree import CompactRange
from broker.ledger.verifying.faults import Kind, StoredHead
from broker.ledger.verifying.verify import StoredEntry, verify

LENGTH = 7
PLACES = st.integers(0, LENGTH - 1)
NOW = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)


def faults(
    entries: list[StoredEntry], stored: StoredHead, *signed: Vouching
) -> list[tuple[Kind, int | None]]:
    report = verify(entries, stored_head=stored, checkpoints=signed)
    return [(fault.kind, fault.seq) for fault in report.faults]


def root_of(entries: list[StoredEntry]) -> Checkpoint:
    tree = CompactRange()
    for entry in entries:
        tree.append(bytes.fromhex(entry.digest))
    return Checkpoint(len(entries), tree.root(), NOW)


@given(place=PLACES, data=st.data())
def test_any_bit_of_any_body(chain_of: Callable, head_of: Callable, place: int, data: st.DataObject) -> None:
    """One flipped bit of a body is one fault, and it names the entry."""
    entries = chain_of(LENGTH)
    stored = head_of(entries)
    body = bytearray(entries[place].body)
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    body[bit // 8] ^= 1 << (bit % 8)
    entries[place] = entries[place]._replace(body=bytes(body))
    assert faults(entries, stored) == [(Kind.EDITED_BODY, place + 1)]


@given(place=PLACES, column=st.integers(1, 8), data=st.data())
def test_any_bit_of_any_column(
    chain_of: Callable, head_of: Callable, place: int, column: int, data: st.DataObject
) -> None:
    """One flipped bit of a column, the digest's included, is one fault, and it names the entry."""
    entries = chain_of(LENGTH)
    stored = head_of(entries)
    cells = [*entries[place].columns, entries[place].digest]
    bit = data.draw(st.integers(0, len(cells[column]) * 7 - 1))
    sign = chr(ord(cells[column][bit // 7]) ^ (1 << (bit % 7)))
    cells[column] = cells[column][: bit // 7] + sign + cells[column][bit // 7 + 1 :]
    entries[place] = StoredEntry(tuple(cells[:8]), cells[8], entries[place].body)
    kind = Kind.EDITED_BODY if column == 8 else Kind.EDITED_COLUMN
    assert faults(entries, stored) == [(kind, place + 1)]


@given(gone=st.sets(PLACES, min_size=1, max_size=LENGTH))
def test_any_deletion(chain_of: Callable, head_of: Callable, gone: set[int]) -> None:
    """Whichever entries are taken out, the first one that is gone is the first fault."""
    entries = chain_of(LENGTH)
    left = [entry for place, entry in enumerate(entries) if place not in gone]
    found = faults(left, head_of(entries))
    if any(place > min(gone) for place in range(LENGTH) if place not in gone):
        assert found[0] == (Kind.GAP, min(gone) + 1)
    else:
        assert found == [(Kind.HEAD_MISMATCH, min(gone))]


@given(order=st.permutations(range(LENGTH)), with_columns=st.booleans())
def test_any_other_order(chain_of: Callable, head_of: Callable, order: list[int], with_columns: bool) -> None:
    """Bodies in another order than they were written are found, at the first place that is wrong."""
    entries = chain_of(LENGTH)
    moved = [
        StoredEntry((place + 1, *entries[old].columns[1:]) if with_columns else None, *entries[old][1:])
        for place, old in enumerate(order)
    ]
    found = faults(moved, head_of(entries))
    wrong = [place + 1 for place, old in enumerate(order) if place != old]
    assert [seq for _, seq in found[:1]] == wrong[:1]


@given(length=st.integers(0, LENGTH - 1))
def test_any_truncation_that_a_checkpoint_counts(chain_of: Callable, head_of: Callable, length: int) -> None:
    """However much of the end is cut, with the head row set right, what was signed says from where."""
    entries = chain_of(LENGTH)
    left = entries[:length]
    stored = head_of(left) if left else StoredHead(0, entries[0].columns[7], "")
    assert faults(left, stored) == []
    for signed in (root_of(entries), Head(LENGTH, entries[-1].digest, NOW)):
        assert faults(left, stored, signed) == [(Kind.TRUNCATED, length + 1)]


@given(place=PLACES)
def test_any_history_written_anew_below_a_checkpoint(
    chain_of: Callable, head_of: Callable, place: int
) -> None:
    """From any entry on everything is put right, digests, links and head row: the checkpoint alone tells."""
    entries = chain_of(LENGTH)
    signed = root_of(entries)
    previous = entries[place - 1].digest if place else EMPTY_DIGEST
    for at in range(place, LENGTH):
        body = entries[at].body.replace(entries[at].columns[7].encode(), previous.encode())
        body = body.replace(b"person_b", b"person_x")
        columns = (*entries[at].columns[:6], "person_x", previous)
        previous = leaf_digest(body)
        entries[at] = StoredEntry(columns, previous, body)
    assert faults(entries, head_of(entries)) == []
    assert faults(entries, head_of(entries), signed) == [(Kind.FORKED, LENGTH)]


@given(place=PLACES, at=PLACES)
def test_any_entry_doubled(chain_of: Callable, head_of: Callable, place: int, at: int) -> None:
    """A copy slipped in anywhere is found."""
    entries = chain_of(LENGTH)
    stored = head_of(entries)
    entries.insert(at, StoredEntry(None, *entries[place][1:]))
    assert faults(entries, stored)
