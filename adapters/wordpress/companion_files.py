"""The companion this broker ships: where its files are and what their digest must be."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "companion" / "emergency-access-broker"


def companion_digest(folder: Path = FOLDER) -> str:
    """SHA-256 over ``name NUL sha256-hex LF`` of every .php file, sorted by name, as the companion computes it."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.php"))
    lines = (f"{name}\0{sha256((folder / name).read_bytes()).hexdigest()}\n" for name in names)
    return sha256("".join(lines).encode()).hexdigest()


def companion_version(folder: Path = FOLDER) -> str:
    """The version its plugin header gives."""
    header = (folder / "emergency-access-broker.php").read_text(encoding="utf-8")
    found = re.search(r"^ \* Version:\s*(\S+)$", header, re.MULTILINE)
    return found.group(1) if found else ""
