"""The body of ``add-checkpoint`` (c2sp.org/tlog-witness), as a broker writes it and a witness reads it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from broker.errors import Invalid
from broker.witness.tree_head import read_hash, read_size

MAX_HASHES = 63
_OLD = "old "


@dataclass(frozen=True)
class Submission:
    """``note`` is a checkpoint that goes on from the first ``old_size`` entries, which ``proof`` shows."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str


def write_submission(old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body to send."""
    lines = [f"{_OLD}{old_size}", *(base64.b64encode(each).decode() for each in proof), "", ""]
    return ("\n".join(lines) + note).encode()


def read_submission(body: bytes) -> Submission:
    """What was sent. Raises Invalid for anything but exactly such a body; the note is not opened."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Invalid("It is not UTF-8.") from error
    head, gap, note = text.partition("\n\n")
    first, *hashes = head.split("\n")
    if not gap or not first.startswith(_OLD) or len(hashes) > MAX_HASHES:
        raise Invalid("It is not an old size, a proof and a checkpoint.")
    size = read_size(first.removeprefix(_OLD))
    return Submission(size, tuple(read_hash(each) for each in hashes), note)
