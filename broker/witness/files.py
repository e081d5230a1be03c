"""Small files that are replaced whole."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, text: str) -> None:
    """Whole and on the disk, or not at all. Callers that may meet hold a lock."""
    growing = path.with_name(f"{path.name}.new")
    with growing.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    growing.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Names in ``folder`` outlive a power cut from here on."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
