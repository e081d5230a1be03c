from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.errors import Invalid
from broker.ledger.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from broker.ledger.checkpoints.heads import Head
from broker.ledger.checkpoints.notes import UnreadableNote, parse_note, parse_notes, read_notes
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import sign_note

HERE = Checkpoint(17, b"\xab" * 32, datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
OLD = "broker.example/ledger/chain\n3\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\nat 2026-03-01T11:00:00.000000Z\n"


def test_a_file_with_a_torn_part_still_gives_the_others(tmp_path: Path, key: SigningKey) -> None:
    """A checkpoint cut short by a power cut is named by its place; those around it are read."""
    note = sign_checkpoint(key, HERE)
    (tmp_path / "file").write_bytes(
        f"----\n{note}----\n{note[:40]}\n----\n".encode() + b"\xff\n----\n" + note.encode()
    )
    said = list(parse_notes(read_notes(tmp_path / "file"), key.public))
    assert [said[0], said[3]] == [HERE, HERE]
    assert [each.place for each in said if isinstance(each, UnreadableNote)] == [2, 3]


def test_what_is_added_while_reading_is_left_out(tmp_path: Path, key: SigningKey) -> None:
    """What is appended after the call is not seen, or it could count entries the reader did not see."""
    path = tmp_path / "file"
    path.write_text(f"----\n{sign_checkpoint(key, HERE)}")
    notes = read_notes(path)
    with path.open("a") as file:
        file.write(f"----\n{sign_checkpoint(key, HERE)}")
    assert len(list(notes)) == 1


def test_a_file_that_an_older_version_began_goes_on(tmp_path: Path, key: SigningKey) -> None:
    """Heads of the chain and checkpoints of the tree stand in one file, each read for what it is."""
    (tmp_path / "file").write_text(f"----\n{sign_note(OLD, key)}----\n{sign_checkpoint(key, HERE)}")
    said = list(parse_notes(read_notes(tmp_path / "file"), key.public))
    assert said == [Head(3, "ab" * 32, datetime(2026, 3, 1, 11, 0, tzinfo=UTC)), HERE]


def test_what_is_neither_is_refused_as_no_checkpoint(key: SigningKey) -> None:
    """The words are about checkpoints, which is what a reader expects."""
    with pytest.raises(Invalid, match="not a checkpoint of this ledger"):
        parse_note(sign_note("else\n", key), key.public)
