"""A backup becomes a broker again: in an empty place, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broker.backup.format.about import ABOUT, refuse_other_schema
from broker.backup.format.manifest import Manifest
from broker.backup.format.member import Member
from broker.backup.gather.files import POLICIES, RECORDINGS, SETTINGS, STATE
from broker.backup.put_back.rows import PutBack
from broker.backup.put_back.target import open_target
from broker.backup.read import read_backup
from broker.backup.restored import MARK
from broker.clock import new_id
from broker.errors import Conflict, Invalid, Unavailable
from broker.ledger.body import instant
from broker.ledger.signing.keys import PublicKey

_PLACES = {STATE: "", POLICIES: "policies/", RECORDINGS: "recordings/", SETTINGS: ""}


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    folder: Path


@dataclass(frozen=True)
class Wanted:
    """``database_url`` is empty for SQLite in the folder itself. ``key`` is who must have made the backup."""

    file: Path
    identity: Path
    into: Path
    database_url: str = ""
    key: PublicKey | None = None


def restore_backup(wanted: Wanted, *, now: datetime) -> Restored:
    """Raises Conflict unless ``into`` is new or empty and so is the database; Invalid for a bad backup.

    Cut short anywhere, there is no ``into`` that a broker would start from.
    """
    _refuse_occupied(wanted.into)
    with _growing(wanted.into) as folder, open_target(wanted.database_url, folder) as target:
        manifest = read_backup(wanted.file, wanted.identity, wanted.key, _Taker(folder, target.rows))
        target.finish(manifest, folder / "heads" / "ledger-heads.txt")
        _mark(folder, manifest, now)
        _settle_all(folder)
        target.commit()
        _put_in_place(folder, wanted.into)
    return Restored(manifest, wanted.into)


@dataclass(frozen=True)
class _Taker:
    folder: Path
    rows: PutBack

    def take(self, member: Member) -> None:
        if member.name == ABOUT:
            refuse_other_schema(member)
            return
        if self.rows.takes(member):
            return
        place = next((each for each in _PLACES if member.name.startswith(each)), None)
        if place is None:
            raise Invalid(f"This backup holds {member.name}, which no backup of this version holds.")
        _write(self.folder / _path(member.name, place), member)


def _path(name: str, place: str) -> str:
    return "settings.env" if place == SETTINGS else _PLACES[place] + name.removeprefix(place)


def _write(path: Path, member: Member) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _no_room(), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in member.chunks:
            file.write(chunk)


@contextmanager
def _no_room() -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise Invalid("This backup holds one file twice.") from error
    except OSError as error:
        raise Unavailable(
            f"The backup could not be restored: {error.strerror}.", help="Free space, and begin again."
        ) from error


def _mark(folder: Path, manifest: Manifest, now: datetime) -> None:
    said = {
        "id": new_id("restore"),
        "made_at": instant(manifest.made_at),
        "restored_at": instant(now),
        "ledger_size": manifest.ledger_size,
    }
    (folder / MARK).write_text(json.dumps(said), encoding="utf-8")


def _refuse_occupied(into: Path) -> None:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Conflict(
            f"{into} is not empty, and a restore never writes over anything.",
            help="Name a new folder. The old one is evidence: keep it.",
        )


@contextmanager
def _growing(into: Path) -> Iterator[Path]:
    folder = into.with_name(f".{into.name}.{new_id('restoring')}")
    with _no_room():
        folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder)


def _put_in_place(folder: Path, into: Path) -> None:
    with _no_room():
        if into.exists():
            into.rmdir()
        folder.rename(into)
        _settle(into.parent)


def _settle_all(folder: Path) -> None:
    with _no_room():
        for path in folder.rglob("*"):
            _settle(path)
        _settle(folder)


def _settle(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
