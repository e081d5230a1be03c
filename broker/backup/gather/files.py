"""The files that belong to one installation. What grows meanwhile is taken as far as it was when it was looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from broker.backup.format.member import CHUNK, Member, whole

BEFORE = ("heads", "spool")
"""Taken before the database: a checkpoint must not count entries that are not in it, nor a late record be in neither."""
AFTER = ("keys",)
"""Taken after it: a key that wrapped something in it must be there."""
STATE, POLICIES, RECORDINGS, SETTINGS = "state/", "policies/", "recordings/", "settings.env"


def small_files(folder: Path, prefix: str) -> Iterator[Member]:
    """Every file below ``folder``, whole. Links are not followed."""
    for path in _files(folder):
        content = path.read_bytes().rstrip(b"\0") if path.suffix == ".jsonl" else path.read_bytes()
        yield whole(prefix + path.relative_to(folder).as_posix(), content)


def large_files(folder: Path, prefix: str) -> Iterator[Member]:
    """Every file below ``folder`` as a stream. One that was deleted meanwhile belonged to nothing any more."""
    for path in _files(folder):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        size = os.fstat(descriptor).st_size
        yield Member(prefix + path.relative_to(folder).as_posix(), size, _chunks(descriptor, size))


def _chunks(descriptor: int, size: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb") as file:
        while size > 0 and (chunk := file.read(min(CHUNK, size))):
            size -= len(chunk)
            yield chunk


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
