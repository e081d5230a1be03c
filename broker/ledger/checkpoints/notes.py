"""The file of checkpoints, outside the database: one signed note under each line of ``----``, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from broker.errors import Invalid
from broker.ledger.checkpoints.checkpoint import Checkpoint, parse_checkpoint
from broker.ledger.checkpoints.heads import Head, parse_head
from broker.ledger.signing.keys import PublicKey

SEPARATOR = "----"
Vouching = Checkpoint | Head
"""What the ledger's key vouched for: a checkpoint, or a head signed by an older version."""


@dataclass(frozen=True)
class UnreadableNote:
    """A part of a checkpoints file that says nothing the key signed; ``place`` counts from 1."""

    place: int
    reason: str


def parse_note(note: str, key: PublicKey) -> Vouching:
    """What a note says. Raises Invalid unless ``key`` signed exactly this."""
    try:
        return parse_checkpoint(note, key)
    except Invalid as refused:
        try:
            return parse_head(note, key)
        except Invalid:
            raise refused from None


def parse_notes(notes: Iterable[str], key: PublicKey) -> Iterator[Vouching | UnreadableNote]:
    """Each note as what it says, or why it says nothing."""
    for place, note in enumerate(notes, start=1):
        try:
            yield parse_note(note, key)
        except Invalid as error:
            yield UnreadableNote(place, str(error))


def read_notes(path: Path, tail: int | None = None) -> Iterator[str]:
    """The notes of a checkpoints file one by one, as far as it reached when this was called.

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
            # A stray byte must become an unreadable note, not an error that stops the reading.
            line = raw.decode(errors="replace")
            if line.rstrip("\n") != SEPARATOR:
                note.append(line)
                continue
            if note:
                yield "".join(note)
            note = []
    if note:
        yield "".join(note)
