"""Signed checkpoints that were refused, kept for whoever looks into it.

Two of one size with two roots prove a fork, by the ledger's own signature. One
that was sent with a proof that does not hold proves nothing: anybody can send a
true checkpoint with a wrong proof. It is kept apart.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_FORKED, _UNPROVEN = "forked", "unproven"
# What is sent again and again must not fill the disk.
MOST_KEPT = 20


def keep_evidence(ledger_folder: Path, note: str, *, proven: bool) -> None:
    """Keep ``note`` once, as long as there are few. What a full disk does not take is left."""
    folder = _folder(ledger_folder, proven=proven)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if len(list(folder.iterdir())) < MOST_KEPT:
            name = hashlib.sha256(note.encode()).hexdigest()
            (folder / f"{name}.txt").write_text(note, encoding="utf-8")
    except OSError:
        return


def kept(ledger_folder: Path, *, proven: bool) -> list[str]:
    """The notes that were kept."""
    folder = _folder(ledger_folder, proven=proven)
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]


def _folder(ledger_folder: Path, *, proven: bool) -> Path:
    return ledger_folder / (_FORKED if proven else _UNPROVEN)
