"""Signed heads: where the chain stood at an instant, kept outside the database.

One note per head, each under a line of ``----``, oldest first.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broker.errors import Invalid
from broker.ledger.body import instant, parse_instant
from broker.ledger.signing.keys import PublicKey, SigningKey, decoded
from broker.ledger.signing.note import open_note, sign_note

SEPARATOR = "----"
# Sets a chain head apart from a Merkle checkpoint, which the same key may sign under the ledger's bare name.
_ORIGIN_SUFFIX = "/chain"
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_LINES = 4
_DIGEST_LENGTH = 32


@dataclass(frozen=True)
class Head:
    """The chain's first ``size`` entries end in ``digest`` (64 hex characters); signed at ``at``."""

    size: int
    digest: str
    at: datetime


@dataclass(frozen=True)
class UnreadableHead:
    """A part of a heads file that is no head signed by the key; ``place`` counts from 1."""

    place: int
    reason: str


def sign_head(key: SigningKey, head: Head) -> str:
    """The signed note that says ``head``."""
    root = base64.b64encode(bytes.fromhex(head.digest)).decode()
    return sign_note(f"{key.name}{_ORIGIN_SUFFIX}\n{head.size}\n{root}\nat {instant(head.at)}\n", key)


def parse_head(note: str, key: PublicKey) -> Head:
    """The head a note says. Raises Invalid unless ``key`` signed exactly this."""
    lines = open_note(note, key).removesuffix("\n").split("\n")
    if len(lines) != _LINES or lines[0] != key.name + _ORIGIN_SUFFIX or not _SIZE.fullmatch(lines[1]):
        raise Invalid("It is signed, but it is not a head of this ledger's chain.")
    try:
        root = decoded(lines[2])
        at = parse_instant(lines[3].removeprefix("at "))
    except ValueError as error:
        raise Invalid("It is signed, but its digest or its time is malformed.") from error
    if len(root) != _DIGEST_LENGTH:
        raise Invalid("It is signed, but its digest has the wrong length.")
    return Head(int(lines[1]), root.hex(), at)


def parse_heads(notes: Iterable[str], key: PublicKey) -> Iterator[Head | UnreadableHead]:
    """Each note as the head it says, or why it says none."""
    for place, note in enumerate(notes, start=1):
        try:
            yield parse_head(note, key)
        except Invalid as error:
            yield UnreadableHead(place, str(error))


def read_notes(path: Path, tail: int | None = None) -> Iterator[str]:
    """The notes of a heads file one by one, as far as it reached when this was called.

    With ``tail`` only those in its last so many bytes; the first may then be cut.
    """
    end = path.stat().st_size
    return _notes(path, 0 if tail is None else max(0, end - tail), end)


def _notes(path: Path, begin: int, end: int) -> Iterator[str]:
    note: list[str] = []
    with path.open("rb") as file:
        file.seek(begin)
        while begin < end and (raw := file.readline(end - begin)):
            begin += len(raw)
            # A stray byte must become a bad head, not an error that stops the reading.
            line = raw.decode(errors="replace")
            if line.rstrip("\n") != SEPARATOR:
                note.append(line)
                continue
            if note:
                yield "".join(note)
            note = []
    if note:
        yield "".join(note)
