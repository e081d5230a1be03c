"""Checkpoints of C2SP: how many entries the ledger has and their Merkle root, as a signed note.

See c2sp.org/tlog-checkpoint. The origin is the key's own name. The one extension
line says when it was signed; who only compares roots need not read it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.errors import Invalid
from broker.ledger.body import instant, parse_instant
from broker.ledger.merkle.check import MAX_SIZE
from broker.ledger.merkle.tree import HASH_LENGTH
from broker.ledger.signing.keys import PublicKey, SigningKey, decoded
from broker.ledger.signing.note import open_note, sign_note

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_AT: Final = "at "
_LINES: Final = 3


@dataclass(frozen=True)
class Checkpoint:
    """The first ``size`` entries have the Merkle root ``root`` (32 bytes); ``at`` is when it was signed, if it says so."""

    size: int
    root: bytes
    at: datetime | None = None


def checkpoint_text(origin: str, checkpoint: Checkpoint) -> str:
    """What is signed: the note's text, ending in a newline."""
    root = base64.b64encode(checkpoint.root).decode()
    at = f"{_AT}{instant(checkpoint.at)}\n" if checkpoint.at else ""
    return f"{origin}\n{checkpoint.size}\n{root}\n{at}"


def sign_checkpoint(key: SigningKey, checkpoint: Checkpoint) -> str:
    """The signed note that says ``checkpoint``."""
    return sign_note(checkpoint_text(key.name, checkpoint), key)


def parse_checkpoint(note: str, key: PublicKey) -> Checkpoint:
    """The checkpoint a note says. Raises Invalid unless ``key`` signed exactly this for its own ledger."""
    return read_checkpoint(open_note(note, key), key.name)


def read_checkpoint(text: str, origin: str) -> Checkpoint:
    """The checkpoint in the text of a note, once its signature was checked. Raises Invalid for another ledger's."""
    said, *lines = text.removesuffix("\n").split("\n")
    if said != origin:
        raise Invalid("It is signed, but it is not a checkpoint of this ledger.")
    if len(lines) not in {_LINES - 1, _LINES} or not _SIZE.fullmatch(lines[0]) or int(lines[0]) > MAX_SIZE:
        raise Invalid("It is signed, but it is not a checkpoint of this ledger: a line is malformed.")
    at = lines[_LINES - 1] if len(lines) == _LINES else None
    if at is not None and not at.startswith(_AT):
        raise Invalid("It is signed, but it says more than a checkpoint of this ledger.")
    try:
        return Checkpoint(int(lines[0]), _root(lines[1]), _instant(at.removeprefix(_AT)) if at else None)
    except ValueError as error:
        raise Invalid("It is signed, but its root or its time is malformed.") from error


def _root(text: str) -> bytes:
    root = decoded(text)
    if len(root) != HASH_LENGTH:
        raise ValueError("not a SHA-256 hash")
    return root


def _instant(text: str) -> datetime:
    at = parse_instant(text)
    if instant(at) != text:
        raise ValueError("not the one way to write it")
    return at
