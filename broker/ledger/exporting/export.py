"""One file an outsider can check alone: the public key, the checkpoints, then every entry.

JSON Lines: a first line with the key and the database's own head, a line per
checkpoint, a line per entry with its body verbatim.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from broker.errors import ConfigurationError, Conflict, Invalid
from broker.ledger.checkpoints.notes import parse_notes
from broker.ledger.signing.keys import PublicKey, parse_public
from broker.ledger.verifying.faults import Report, StoredHead
from broker.ledger.verifying.verify import StoredEntry, verify

FORMAT = "broker-ledger-export/1"


@dataclass(frozen=True)
class Title:
    """An export's first line: who signed, and where the database said the ledger ends."""

    key: PublicKey
    head: StoredHead | None


def write_export(path: Path, title: Title, notes: Iterable[str], entries: Iterable[StoredEntry]) -> int:
    """Write the file, readable by its owner alone, and answer how many entries it holds.

    Raises Conflict when something is at ``path`` already, Invalid when nothing can
    be put there. What was written is removed when the writing fails.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict(
            f"{path} is there already, so nothing was exported.", help="Name another file."
        ) from error
    except OSError as error:
        raise Invalid(
            f"{path} cannot be written: {error.strerror}.", help="Name a file in a folder of your own."
        ) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            head = asdict(title.head) if title.head else None
            file.write(_line({"format": FORMAT, "key": title.key.vkey, "head": head}))
            file.writelines(_line({"note": note}) for note in notes)
            return sum(1 for entry in entries if file.write(_line(_entry_line(entry))))
    except BaseException:
        path.unlink()
        raise


def verify_export(
    path: Path,
    *,
    key: PublicKey | None = None,
    notes: Iterable[str] | None = None,
    canonical: bool = True,
) -> Report:
    """Check an export with nothing but this file, and better, a ``key`` the reader got elsewhere.

    ``notes`` take the place of the checkpoints in the file, and may be of a key the ledger had before.
    Raises ConfigurationError when the file is no export, or was made under another key than ``key``.
    """
    title = read_title(path)
    if key and key != title.key and notes is None:
        raise ConfigurationError(
            "The export names another public key than the one you hold.",
            help="It is not an export of this ledger, or not the key of this ledger, or the ledger was resumed under "
            "a new key after a loss. Ask where each came from; your own checkpoints can be held against it with --checkpoints.",
        )
    signed = parse_notes(_notes(path) if notes is None else notes, key or title.key)
    return verify(_entries(path), stored_head=title.head, checkpoints=signed, canonical=canonical)


def read_title(path: Path) -> Title:
    """An export's first line. Raises ConfigurationError when it is not one."""
    first = next(_lines(path), None)
    if not isinstance(first, dict) or first.get("format") != FORMAT:
        raise ConfigurationError(
            f"{path} is not an export of a ledger.", help="Make one: broker audit export FILE"
        )
    head = first.get("head")
    try:
        return Title(parse_public(str(first.get("key"))), StoredHead(**head) if head else None)
    except TypeError as error:
        raise ConfigurationError(
            f"The first line of {path} is damaged.", help="Ask for the export again."
        ) from error


def _notes(path: Path) -> Iterator[str]:
    for line in _lines(path):
        if isinstance(line, dict) and "body" in line:
            return
        if isinstance(line, dict) and "note" in line:
            yield str(line["note"])


def _entries(path: Path) -> Iterator[StoredEntry]:
    for number, line in enumerate(_lines(path)):
        if number and not (isinstance(line, dict) and "note" in line):
            yield _stored(line)


def _stored(line: Any) -> StoredEntry:
    # A line that is no entry stands for a damaged one: its digest cannot fit.
    if not isinstance(line, dict) or not isinstance(line.get("body"), str):
        return StoredEntry(None, None, b"")
    return StoredEntry(None, line.get("digest"), line["body"].encode(errors="replace"))


def _entry_line(entry: StoredEntry) -> dict[str, Any]:
    return {"body": entry.body.decode(errors="replace"), "digest": entry.digest}


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":")) + "\n"


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for raw in file:
            try:
                yield json.loads(raw)
            except (ValueError, RecursionError):
                yield None
