"""What any checkpoint of c2sp.org/tlog-checkpoint says, whoever's ledger it is of."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from broker.errors import Invalid
from broker.ledger.merkle.tree import EMPTY_ROOT, HASH_LENGTH
from broker.ledger.signing.keys import decoded

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_MAX_SIZE = 2**63 - 1
_FIXED_LINES = 3


@dataclass(frozen=True)
class TreeHead:
    """The first ``size`` entries of the ledger called ``origin`` have the Merkle root ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes


def empty(origin: str) -> TreeHead:
    """How every ledger begins."""
    return TreeHead(origin, 0, EMPTY_ROOT)


def digest_of(origin: str) -> str:
    """A name of a ledger for files and addresses, whatever signs ``origin`` holds."""
    return hashlib.sha256(origin.encode()).hexdigest()


def read_head(text: str) -> TreeHead:
    """What a checkpoint's text says; lines after the third are the ledger's own affair. Raises Invalid."""
    origin, *lines = text.removesuffix("\n").split("\n")
    if len(lines) < _FIXED_LINES - 1 or not origin or not all(lines):
        raise Invalid("It is not a checkpoint.")
    return TreeHead(origin, read_size(lines[0]), read_hash(lines[1]))


def read_size(text: str) -> int:
    """A count of entries, in the one way to write it. Raises Invalid."""
    if not _SIZE.fullmatch(text) or int(text) > _MAX_SIZE:
        raise Invalid("It counts no entries a ledger can have.")
    return int(text)


def read_hash(text: str) -> bytes:
    """32 bytes from the one base64 of them. Raises Invalid."""
    try:
        found = decoded(text)
    except ValueError as error:
        raise Invalid("A hash in it is malformed.") from error
    if len(found) != HASH_LENGTH:
        raise Invalid("A hash in it has the wrong length.")
    return found
