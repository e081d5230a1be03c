"""Tries to undo what was written to a folder: only a refusal proves that it stays."""

from __future__ import annotations

from pathlib import Path


def ways_it_changed(path: Path) -> list[str]:
    """What could be done to ``path`` although nothing should: it may be gone afterwards."""
    return [how for how, change in _WAYS if change(path)]


def _overwritten(path: Path) -> bool:
    try:
        path.write_bytes(b"")
    except OSError:
        return False
    return True


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


_WAYS = (("overwritten", _overwritten), ("removed", _removed))
