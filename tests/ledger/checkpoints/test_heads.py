from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.errors import Invalid
from broker.ledger.checkpoints.heads import (
    Head,
    UnreadableHead,
    parse_head,
    parse_heads,
    read_notes,
    sign_head,
)
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import sign_note

HEAD = Head(17, "ab" * 32, datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
ROOT = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="


def test_a_head_reads_as_origin_size_digest_and_time(key: SigningKey) -> None:
    """The four lines are fixed, and come back as the same head."""
    note = sign_head(key, HEAD)
    lines = ["broker.example/ledger/chain", "17", ROOT, "at 2026-03-01T12:00:00.000000Z", ""]
    assert note.split("\n")[:5] == lines
    assert parse_head(note, key.public) == HEAD


@pytest.mark.parametrize(
    "lines",
    [
        ["broker.example/ledger", "17", ROOT, "at 2026-03-01T12:00:00.000000Z"],
        ["broker.example/other/chain", "17", ROOT, "at 2026-03-01T12:00:00.000000Z"],
        ["broker.example/ledger/chain", "017", ROOT, "at 2026-03-01T12:00:00.000000Z"],
        ["broker.example/ledger/chain", "-1", ROOT, "at 2026-03-01T12:00:00.000000Z"],
        ["broker.example/ledger/chain", "17", ROOT[:-4], "at 2026-03-01T12:00:00.000000Z"],
        ["broker.example/ledger/chain", "17", "!" + ROOT, "at 2026-03-01T12:00:00.000000Z"],
        ["broker.example/ledger/chain", "17", ROOT, "at noon"],
        ["broker.example/ledger/chain", "17", ROOT],
        ["broker.example/ledger/chain", "17", ROOT, "at 2026-03-01T12:00:00.000000Z", "more"],
    ],
)
def test_something_else_signed_by_the_key_is_no_head(key: SigningKey, lines: list[str]) -> None:
    """A Merkle checkpoint, another ledger's head or a malformed one is refused though the signature is good."""
    with pytest.raises(Invalid, match="It is signed, but"):
        parse_head(sign_note("\n".join(lines) + "\n", key), key.public)


def test_a_file_with_a_torn_part_still_gives_the_others(tmp_path: Path, key: SigningKey) -> None:
    """A head cut short by a power cut is named by its place; those around it are read."""
    note = sign_head(key, HEAD)
    (tmp_path / "heads").write_bytes(
        f"----\n{note}----\n{note[:40]}\n----\n".encode() + b"\xff\n----\n" + note.encode()
    )
    heads = list(parse_heads(read_notes(tmp_path / "heads"), key.public))
    assert [heads[0], heads[3]] == [HEAD, HEAD]
    assert [head.place for head in heads if isinstance(head, UnreadableHead)] == [2, 3]


def test_heads_added_while_reading_are_left_out(tmp_path: Path, key: SigningKey) -> None:
    """What is appended after the call is not seen, or it could count entries the reader did not see."""
    path = tmp_path / "heads"
    path.write_text(f"----\n{sign_head(key, HEAD)}")
    notes = read_notes(path)
    with path.open("a") as file:
        file.write(f"----\n{sign_head(key, HEAD)}")
    assert len(list(notes)) == 1
