"""The keys leases are signed by: one in use, one prepared to follow it, and those that went before.

Each is a file of its own. Every move of a file happens whole or not at all, and
a move that was cut short is finished by doing it again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from broker.adapters.lease import LeaseSigner
from broker.errors import Conflict, NotFound
from broker.key_files import ed25519_key

CURRENT, NEXT, OLD = "lease.key", "lease.next.key", "lease.old-*.key"


class KeyState(StrEnum):
    CURRENT = "current"
    NEXT = "next"
    OLD = "old"


@dataclass(frozen=True)
class RingKey:
    """``kid`` is the RFC 7638 thumbprint; ``public_jwk`` is what a site is told."""

    kid: str
    state: KeyState
    public_jwk: Mapping[str, Any]
    path: Path


def read_ring(folder: Path) -> list[RingKey]:
    """The current key first, then the next one, then the old ones. Each key once."""
    files = [(folder / CURRENT, KeyState.CURRENT)]
    files += [(folder / NEXT, KeyState.NEXT)] if (folder / NEXT).exists() else []
    files += [(path, KeyState.OLD) for path in sorted(folder.glob(OLD))]
    ring: dict[str, RingKey] = {}
    for path, state in files:
        # A switch that was cut short leaves the current key among the old ones as well.
        key = _read(path, state)
        ring.setdefault(key.kid, key)
    return list(ring.values())


def key_in(ring: list[RingKey], state: KeyState) -> RingKey | None:
    return next((key for key in ring if key.state is state), None)


def prepare(folder: Path) -> RingKey:
    """The key that comes next, made when there is none."""
    return _read(folder / NEXT, KeyState.NEXT)


def switch(folder: Path) -> RingKey:
    """Sign by the next key from now on; the one in use becomes an old one. Conflict when none was prepared."""
    if not (folder / NEXT).exists():
        raise Conflict("No key was prepared.", help="Prepare one: broker site keys prepare")
    kid = _read(folder / CURRENT, KeyState.CURRENT).kid
    # First the name that keeps it, then the one step that changes which key signs.
    with suppress(FileExistsError):
        os.link(folder / CURRENT, folder / OLD.replace("*", kid))
    _settle(folder)
    (folder / NEXT).replace(folder / CURRENT)
    _settle(folder)
    return _read(folder / CURRENT, KeyState.CURRENT)


def retire(folder: Path, kid: str) -> None:
    """Forget an old key. NotFound when no old key is called that."""
    found = [key for key in read_ring(folder) if key.state is KeyState.OLD and key.kid == kid]
    if not found:
        raise NotFound(f"No old key is called {kid}.", help="List them: broker site keys show")
    found[0].path.unlink()
    _settle(folder)


class RenewingSigner(LeaseSigner):
    """Signs by the current key, also after another process switched to a new one."""

    def __init__(self, folder: Path, issuer: str) -> None:
        self._path = folder / CURRENT
        self._seen = self._stamp()
        super().__init__(ed25519_key(self._path), issuer)

    def renew(self) -> bool:
        """Look whether the file is another one by now; whether it was."""
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self.use(ed25519_key(self._path))
        self._seen = stamp
        return True

    def _stamp(self) -> tuple[int, int]:
        # A file that is not there is made by whoever reads it, and refused by whoever checks the keys first.
        with suppress(FileNotFoundError):
            found = self._path.stat()
            return found.st_ino, found.st_mtime_ns
        return 0, 0


def _read(path: Path, state: KeyState) -> RingKey:
    signer = LeaseSigner(ed25519_key(path), "")
    return RingKey(signer.kid, state, signer.public_jwk, path)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
