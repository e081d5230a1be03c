from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.errors import Invalid
from broker.ledger.checkpoints.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from broker.ledger.signing.keys import SigningKey, generate
from broker.ledger.signing.note import open_note, sign_note

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HERE = Checkpoint(17, b"\xab" * 32, NOON)
ORIGIN = "broker.example/ledger"
ROOT = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="
AT = "at 2026-03-01T12:00:00.000000Z"


def test_a_checkpoint_reads_as_origin_size_root_and_time(key: SigningKey) -> None:
    """The lines are C2SP's, the time an extension line, and they come back as the same checkpoint."""
    note = sign_checkpoint(key, HERE)
    assert note.split("\n")[:5] == [ORIGIN, "17", ROOT, AT, ""]
    assert parse_checkpoint(note, key.public) == HERE


@pytest.mark.parametrize("size", [0, 1, 2**63 - 1])
def test_a_checkpoint_need_not_say_when(key: SigningKey, size: int) -> None:
    """Three lines are a whole checkpoint, from an empty ledger to the largest."""
    short = Checkpoint(size, HERE.root)
    assert parse_checkpoint(sign_checkpoint(key, short), key.public) == short
    assert len(open_note(sign_checkpoint(key, short), key.public).splitlines()) == 3


@pytest.mark.parametrize(
    "lines",
    [
        [f"{ORIGIN}/chain", "17", ROOT, AT],
        ["broker.example/other", "17", ROOT],
        [f"{ORIGIN} ", "17", ROOT],
        [ORIGIN.upper(), "17", ROOT],
        ["", "17", ROOT],
        [ORIGIN],
        [ORIGIN, "17"],
        [ORIGIN, ROOT, "17"],
        [ORIGIN, "017", ROOT],
        [ORIGIN, "-1", ROOT],
        [ORIGIN, "+17", ROOT],
        [ORIGIN, " 17", ROOT],
        [ORIGIN, "1_7", ROOT],
        [ORIGIN, "17.0", ROOT],
        [ORIGIN, "0x11", ROOT],
        [ORIGIN, "", ROOT],
        [ORIGIN, str(2**63), ROOT],
        [ORIGIN, "9" * 19, ROOT],
        [ORIGIN, "9" * 5000, ROOT],
        [ORIGIN, "\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT SEVEN}", ROOT],
        [ORIGIN, "17", ROOT[:-4]],
        [ORIGIN, "17", ROOT[:-1]],
        [ORIGIN, "17", ROOT[:-2] + "t="],
        [ORIGIN, "17", ROOT + "="],
        [ORIGIN, "17", " " + ROOT],
        [ORIGIN, "17", "!" + ROOT],
        [ORIGIN, "17", "ab" * 32],
        [ORIGIN, "17", base64.urlsafe_b64encode(b"\xff" * 32).decode()],
        [ORIGIN, "17", base64.b64encode(b"\xab" * 33).decode()],
        [ORIGIN, "17", base64.b64encode(b"\xab" * 31).decode()],
        [ORIGIN, "17", ""],
        [ORIGIN, "17", ROOT, "at noon"],
        [ORIGIN, "17", ROOT, "at 2026-03-01T12:00:00Z"],
        [ORIGIN, "17", ROOT, "at 2026-3-1T12:00:00.000000Z"],
        [ORIGIN, "17", ROOT, "at \N{ARABIC-INDIC DIGIT TWO}026-03-01T12:00:00.000000Z"],
        [ORIGIN, "17", ROOT, "2026-03-01T12:00:00.000000Z"],
        [ORIGIN, "17", ROOT, ""],
        [ORIGIN, "17", ROOT, AT, "more"],
        [ORIGIN, "17", ROOT, AT, AT],
        [ORIGIN, "17", ROOT, AT, ""],
    ],
)
def test_something_else_signed_by_the_key_is_no_checkpoint(key: SigningKey, lines: list[str]) -> None:
    """The head of a chain, another ledger's or a malformed one is refused though the signature is good."""
    with pytest.raises(Invalid, match="It is signed, but"):
        parse_checkpoint(sign_note("\n".join(lines) + "\n", key), key.public)


def test_only_the_ledgers_own_key_signs_its_checkpoints(key: SigningKey, tmp_path: Path) -> None:
    """Another key of the same name, and another ledger's key under this origin, vouch for nothing."""
    impostor = generate(tmp_path / "impostor", ORIGIN)
    with pytest.raises(Invalid, match="does not carry the signature"):
        parse_checkpoint(sign_checkpoint(impostor, HERE), key.public)
    note = sign_checkpoint(key, HERE).replace("\n17\n", "\n18\n")
    with pytest.raises(Invalid, match="signature is wrong"):
        parse_checkpoint(note, key.public)
