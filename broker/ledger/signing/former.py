"""The ledger's keys beside the one in use: those it was signed by before it was resumed under a new name."""

from __future__ import annotations

from pathlib import Path

from broker.ledger.signing.keys import PublicKey, load_public

FORMER_PUBLIC = "ledger.old-*.pub"


def former_keys(keys_folder: Path) -> tuple[PublicKey, ...]:
    """Their public halves, the oldest first. Raises ConfigurationError for a damaged one."""
    return tuple(load_public(path) for path in sorted(keys_folder.glob(FORMER_PUBLIC), key=_number))


def former_path(keys_folder: Path, number: int, ending: str) -> Path:
    """Where the ``number``th key goes when it signs no longer; ``ending`` is ``key`` or ``pub``."""
    return keys_folder / f"ledger.old-{number}.{ending}"


def _number(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else 0
