from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broker.errors import Invalid
from broker.ledger.checkpoints.heads import Head, parse_head
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import sign_note

ROOT = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="
LINES = ["broker.example/ledger/chain", "17", ROOT, "at 2026-03-01T12:00:00.000000Z"]


def test_a_head_of_an_older_version_is_still_read(key: SigningKey) -> None:
    """Origin, size, digest and time, as they were signed before there were checkpoints."""
    head = Head(17, "ab" * 32, datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    assert parse_head(sign_note("\n".join(LINES) + "\n", key), key.public) == head


@pytest.mark.parametrize(
    "lines",
    [
        ["broker.example/ledger", *LINES[1:]],
        ["broker.example/other/chain", *LINES[1:]],
        [LINES[0], "017", *LINES[2:]],
        [LINES[0], "-1", *LINES[2:]],
        [*LINES[:2], ROOT[:-4], LINES[3]],
        [*LINES[:2], "!" + ROOT, LINES[3]],
        [*LINES[:3], "at noon"],
        LINES[:3],
        [*LINES, "more"],
    ],
)
def test_something_else_signed_by_the_key_is_no_head(key: SigningKey, lines: list[str]) -> None:
    """A checkpoint, another ledger's head or a malformed one is refused though the signature is good."""
    with pytest.raises(Invalid, match="It is signed, but"):
        parse_head(sign_note("\n".join(lines) + "\n", key), key.public)
