"""What a witness remembers: a folder per ledger, with its keys and the last checkpoint vouched for.

A file is written beside the old one, brought to the disk and renamed over it, so
that a witness killed at any point remembers the old checkpoint or the new one. A
checkpoint file that is gone is a loss that is told, never a ledger at its
beginning: a witness that forgets would vouch for a fork.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker.errors import ConfigurationError, Conflict, NotFound, Unavailable
from broker.ledger.signing.keys import PublicKey, parse_public
from broker.witness.files import replace_file
from broker.witness.tree_head import digest_of

CHECKPOINT, KEYS, ORIGIN, LOCK = "checkpoint", "keys", "origin", "lock"
# What stands in the checkpoint file of a ledger nothing was vouched for yet.
NOTHING_YET = "nothing yet\n"


@dataclass(frozen=True)
class Ledger:
    """A ledger the witness was told to watch; any of ``keys`` may sign its checkpoints."""

    origin: str
    keys: tuple[PublicKey, ...]
    folder: Path

    @property
    def last(self) -> str | None:
        """The note vouched for last, None before the first. Raises Unavailable when it was lost."""
        try:
            note = (self.folder / CHECKPOINT).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(
                f"What this witness saw of {self.origin} is lost.",
                help="Restore its folder as it was, or retire this witness: make another, with a key of its own.",
            ) from error
        return None if note == NOTHING_YET else note

    def remember(self, note: str) -> None:
        """When this returns, a power cut no longer makes the witness forget ``note``."""
        replace_file(self.folder / CHECKPOINT, note)


@dataclass(frozen=True)
class Memory:
    """Several processes may work on the same folder."""

    folder: Path

    def trust(self, key: PublicKey, origin: str) -> bool:
        """Watch the ledger called ``origin`` from now on; whether that is new. Conflict when it has another key."""
        place = self._place(origin)
        if (place / KEYS).exists():
            if key not in self._read(place).keys:
                raise Conflict(
                    f"{origin} is known here by another key.",
                    help="A ledger that goes on under a new key has a new name. Ask whoever runs it.",
                )
            return False
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(place / ORIGIN, f"{origin}\n")
        if not (place / CHECKPOINT).exists():
            replace_file(place / CHECKPOINT, NOTHING_YET)
        # Last, because with it the ledger is known.
        replace_file(place / KEYS, f"{key.vkey}\n")
        return True

    def ledgers(self) -> list[Ledger]:
        """Everything that is watched, by name."""
        found = [self._read(path.parent) for path in self.folder.glob(f"*/{KEYS}")]
        return sorted(found, key=lambda ledger: ledger.origin)

    def by_digest(self, digest: str) -> Ledger:
        """The ledger the SHA-256 of whose name is ``digest`` (hex). NotFound."""
        found = [path for path in self.folder.glob(f"*/{KEYS}") if path.parent.name == digest]
        if not found:
            raise NotFound("This witness does not know that ledger.")
        return self._read(found[0].parent)

    @contextmanager
    def watching(self, origin: str) -> Iterator[Ledger]:
        """The ledger, with nobody else looking at it or changing it meanwhile. NotFound when it is not watched."""
        ledger = self.by_digest(digest_of(origin))
        with (ledger.folder / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield ledger

    def _place(self, origin: str) -> Path:
        return self.folder / digest_of(origin)

    def _read(self, place: Path) -> Ledger:
        try:
            lines = (place / KEYS).read_text(encoding="utf-8").splitlines()
            origin = (place / ORIGIN).read_text(encoding="utf-8").removesuffix("\n")
            return Ledger(origin, _keys(lines), place)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"The folder {place} of this witness cannot be read.") from error


def _keys(lines: Sequence[str]) -> tuple[PublicKey, ...]:
    return tuple(parse_public(line) for line in lines if line)
