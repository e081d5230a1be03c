"""The module this broker ships: where its files are and what their digest must be."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "companion" / "EmergencyAccess" / "Broker"

_KINDS = {".php", ".xml", ".phtml", ".json"}


def module_digest(folder: Path = FOLDER) -> str:
    """SHA-256 over ``name NUL sha256-hex LF`` of every file that decides what the module does, sorted by name."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in _KINDS)
    lines = (f"{name}\0{sha256((folder / name).read_bytes()).hexdigest()}\n" for name in names)
    return sha256("".join(lines).encode()).hexdigest()


def module_version(folder: Path = FOLDER) -> str:
    """The version its composer.json gives."""
    return str(json.loads((folder / "composer.json").read_text(encoding="utf-8"))["version"])
