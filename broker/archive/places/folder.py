"""An archive in a folder: files that are created once and never opened for writing again.

As root on Linux the file system itself holds to that (``chattr +a``, ``+i``);
elsewhere only permissions do, which ``check`` says.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker.archive.places.folder_check import ways_it_changed
from broker.archive.places.inode_flags import Flag, flags_of, protect
from broker.archive.places.place import Contradicted, Finding, Kept, place_id
from broker.errors import Unavailable

_PROBE = "check/probe.txt"
_PROBED = b"Written to find out whether what is written here can be changed.\n"
_WRITABLE = 0o222


@dataclass(frozen=True)
class AppendOnlyFolder:
    """Everything under ``root``, which is made when it is not there."""

    root: Path

    @property
    def id(self) -> str:
        return place_id("folder", str(self.root.resolve().parent))

    @property
    def label(self) -> str:
        return f"the folder {self.root}"

    def names(self, folder: str, after: str = "") -> Iterator[str]:
        with _reached(self.label):
            inside = self.root / folder
            found = [f"{folder}/{path.name}" for path in inside.iterdir()] if inside.is_dir() else []
        yield from (name for name in sorted(found) if name > after)

    def put(self, name: str, content: bytes) -> None:
        path = self.root / name
        with _reached(self.label):
            self._make_folder(path.parent)
            if not path.exists() or path.read_bytes() != content:
                self._write(path, content)
            _close(path)

    def kept(self, name: str) -> list[Kept]:
        path = self.root / name
        with _reached(self.label):
            if not path.exists():
                return []
            bound = bool(flags_of(path) & Flag.IMMUTABLE) or not path.stat().st_mode & _WRITABLE
            return [Kept(path.read_bytes(), version="", locked=bound)]

    def check(self) -> list[Finding]:
        self.put(_PROBE, _PROBED)
        changed = ways_it_changed(self.root / _PROBE)
        if changed:
            self.put(_PROBE, _PROBED)
            words = (
                f"Nothing in {self.label} stops this user from changing what is kept: a file could be {' and '.join(changed)}. "
                "Run the broker's archive as root on a file system with chattr +a, or mount storage that refuses changes."
            )
            return [Finding(good=False, words=words)]
        return [Finding(good=True, words="Tried to overwrite and to remove a file: refused.")]

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in (folder, self.root):
            protect(each, Flag.APPEND)
            _sync(each)

    def _write(self, path: Path, content: bytes) -> None:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        except PermissionError as error:
            if not path.exists():
                raise
            if path.read_bytes() == content:
                return  # another process was faster
            raise _something_else(path.name, self.label) from error
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            there = file.read()
            # Torn by a power cut or a full disk: what is missing is added, what is there stays.
            if not content.startswith(there):
                raise _something_else(path.name, self.label)
            rest = memoryview(content)[len(there) :]
            while rest:
                rest = rest[file.write(rest) or 0 :]
            os.fsync(descriptor)
        _sync(path.parent)


def _close(path: Path) -> None:
    try:
        if path.stat().st_mode & _WRITABLE:
            path.chmod(0o400)
    except PermissionError:
        # Another process just closed it, unless it is not ours to close.
        if not flags_of(path) & Flag.IMMUTABLE:
            raise
    protect(path, Flag.IMMUTABLE)


def _something_else(name: str, label: str) -> Contradicted:
    return Contradicted(f"{name} in {label} holds something else than the ledger says.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reached(label: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"The archive in {label} cannot be used: {error.strerror}.",
            help="Let the broker write to that folder, and look whether its disk is full. Access goes on meanwhile.",
        ) from error
