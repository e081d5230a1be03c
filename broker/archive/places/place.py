"""What an archive must be able to do, and what it says of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from broker.errors import BrokerError
from broker.ledger.signing.keys import PublicKey

CHECKPOINTS: Final = "checkpoints"
STAMPS: Final = "timestamps"


class Contradicted(BrokerError):
    """The archive holds something else than the ledger says. One of the two was changed."""

    help = (
        "Change nothing: the archive and the database are both evidence. "
        "Run: broker archive verify. Access goes on ending; call security."
    )


@dataclass(frozen=True)
class Kept:
    """One version of an object. ``locked_until`` is None where the place keeps no such date."""

    content: bytes
    version: str
    locked_until: datetime | None = None
    locked: bool = True


@dataclass(frozen=True)
class Finding:
    """``words`` say what was found and, when it is bad, what to do."""

    good: bool
    words: str


class Place(Protocol):
    """Where objects are written once. Names are relative and sort as the ledger does."""

    @property
    def id(self) -> str:
        """Tells this place from every other, in at most 20 characters; begins with its kind."""
        ...

    @property
    def label(self) -> str:
        """For people: what it is and where."""
        ...

    def names(self, folder: str, after: str = "") -> Iterator[str]:
        """Names in ``folder`` that sort after ``after``, in order. Raises Unavailable."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Keep ``content`` for good. Keeping the same again changes nothing.

        Raises Contradicted when something else is there, Unavailable when the
        place cannot be reached or does not protect what it keeps.
        """
        ...

    def kept(self, name: str) -> list[Kept]:
        """Every version of an object, the oldest first; empty when there is none. Raises Unavailable."""
        ...

    def check(self) -> list[Finding]:
        """Try whether what is written here can be changed, by trying to change something."""
        ...


def place_id(kind: str, *where: str) -> str:
    """Another folder or another bucket is another archive, and begins at the ledger's beginning."""
    return f"{kind}-{hashlib.sha256('|'.join(where).encode()).hexdigest()[:8]}"


def folder_of(key: PublicKey) -> str:
    """Each ledger has a folder of its own, so that two of them never claim the same name."""
    return f"ledger-{key.id.hex()}"


def checkpoint_name(size: int) -> str:
    return f"{CHECKPOINTS}/{size:012d}.txt"


def stamp_name(size: int) -> str:
    return f"{STAMPS}/{size:012d}.tsr"
