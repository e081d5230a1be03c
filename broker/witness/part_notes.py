"""Parts what was signed by the former key: what still fits the ledger stays, the rest is kept aside as evidence."""

from __future__ import annotations

from pathlib import Path

from broker.errors import Invalid, Unavailable
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.notes import SEPARATOR, parse_note, read_notes
from broker.ledger.signing.keys import PublicKey
from broker.ledger.tree_in_database import nodes_of, root_at
from broker.store import Reader
from broker.witness.files import replace_file


def part_notes(reader: Reader, path: Path, aside: Path, key: PublicKey, size: int) -> None:
    """Leave in ``path`` the notes of ``key`` that fit the first ``size`` entries, and all of other keys."""
    fitting: list[str] = []
    others: list[str] = []
    for note in read_notes(path) if path.exists() else ():
        (fitting if _fits(reader, note, key, size) else others).append(note)
    if others:
        replace_file(aside, _joined(others))
        replace_file(path, _joined(fitting))


def _fits(reader: Reader, note: str, key: PublicKey, size: int) -> bool:
    try:
        said = parse_note(note, key)
    except Invalid:
        # Of a key before this one, which was parted already; or torn.
        return True
    if said.size > size:
        return False
    try:
        if isinstance(said, Checkpoint):
            return root_at(reader, said.size) == said.root
        return said.size == 0 or nodes_of(reader).hash_at(0, said.size - 1).hex() == said.digest
    except Unavailable:
        return False


def _joined(notes: list[str]) -> str:
    return "".join(f"{SEPARATOR}\n{note}" for note in notes)
