"""Puts aside what was signed by the former key: what still fits the ledger, and the rest, each in a file of its own."""

from __future__ import annotations

from pathlib import Path

from broker.errors import Invalid, Unavailable
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.notes import SEPARATOR, parse_note, read_notes
from broker.ledger.signing.keys import PublicKey
from broker.ledger.tree_in_database import nodes_of, root_at
from broker.store import Reader
from broker.witness.files import replace_file, settle

FITTING, UNFIT = "former", "unfit"


def aside(path: Path, which: str, number: int) -> Path:
    """Where notes of the ``number``th key go: ``FITTING`` ones vouch on under it, ``UNFIT`` ones are evidence."""
    return path.with_name(f"{path.stem}.{which}-{number}{path.suffix}")


def part_notes(reader: Reader, path: Path, key: PublicKey, size: int, number: int) -> None:
    """Empty the file at ``path``; a note of ``key`` is fitting when it vouches for the first ``size`` entries as they are."""
    if not path.exists():
        return
    fitting: list[str] = []
    unfit: list[str] = []
    for note in read_notes(path):
        (fitting if _fits(reader, note, key, size) else unfit).append(note)
    for which, notes in ((FITTING, fitting), (UNFIT, unfit)):
        if notes:
            replace_file(aside(path, which, number), _joined(notes))
    path.unlink()
    settle(path.parent)


def _fits(reader: Reader, note: str, key: PublicKey, size: int) -> bool:
    try:
        said = parse_note(note, key)
    except Invalid:
        return False  # torn, or nobody knows whose
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
