"""Makes one sealed file of everything a broker needs to begin again elsewhere, while it goes on working."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import structlog

from broker import __version__
from broker.backup.format.about import about
from broker.backup.format.age import recipients_of, seal
from broker.backup.format.manifest import Manifest, Tally, last_members
from broker.backup.format.member import CHUNK, Member, packed, whole
from broker.backup.gather.database import DatabaseLook
from broker.backup.gather.files import (
    AFTER,
    BEFORE,
    POLICIES,
    RECORDINGS,
    SETTINGS,
    STATE,
    large_files,
    small_files,
)
from broker.backup.gather.settings_told import settings_told
from broker.errors import Conflict, Unavailable
from broker.ledger.body import instant
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import sign_note
from broker.settings import Settings
from broker.store import Store

FILE_ORIGIN = "/backup-file"

log = structlog.get_logger("broker.backup")


@dataclass(frozen=True)
class Source:
    """The broker a backup is made of; ``key`` is the ledger's."""

    settings: Settings
    store: Store
    ledger: Ledger
    key: SigningKey


@dataclass(frozen=True)
class Made:
    file: Path
    size: int
    sha256: str
    made_at: datetime
    ledger_size: int


def create_backup(source: Source, file: Path, recipients: str, *, recordings: bool) -> Made:
    """Write ``file`` and beside it ``file``.note, which says its digest. It appears whole or not at all.

    Conflict when something is there already, Unavailable when the disk does not take it.
    """
    known = recipients_of(recipients)
    note = note_beside(file)
    if file.exists() or note.exists():
        raise Conflict(f"There is something at {file} already.", help="Name another file.")
    growing = file.with_name(f"{file.name}.part")
    packing = _Packing(source, recordings=recordings)
    try:
        with _private(growing) as into:
            seal(packed(packing.members()), into, known)
            into.flush()
            os.fsync(into.fileno())
        made = _measured(growing, file, packing)
        note.write_text(_note(made, source.key), encoding="utf-8")
        growing.replace(file)
        _settle(file.parent)
    except OSError as error:
        raise Unavailable(
            f"The backup could not be written: {error.strerror}.", help="Free space, or name another folder."
        ) from error
    finally:
        growing.unlink(missing_ok=True)
        if not file.exists():
            note.unlink(missing_ok=True)
    _tell(source, made, recordings=recordings)
    return made


def note_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.note")


@dataclass
class _Packing:
    source: Source
    recordings: bool
    made_at: datetime | None = None
    ledger_size: int = 0

    def members(self) -> Iterator[Member]:
        settings, tally = self.source.settings, Tally()
        state = settings.state_dir
        with self.source.store.read() as reader:
            schema = DatabaseLook(reader.connection).schema()
        yield from tally.passing([about(schema)])
        for name in BEFORE:
            yield from tally.passing(small_files(state / name, f"{STATE}{name}/"))
        with self.source.store.read() as reader:
            look = DatabaseLook(reader.connection)
            self.made_at, (self.ledger_size, digest) = reader.at, look.ledger_end()
            yield from tally.passing(look.members())
        for name in AFTER:
            yield from tally.passing(small_files(state / name, f"{STATE}{name}/"))
        yield from tally.passing(small_files(settings.policies_path, POLICIES))
        yield from tally.passing([whole(SETTINGS, settings_told(settings))])
        if self.recordings:
            yield from tally.passing(large_files(settings.recordings_dir, RECORDINGS))
        key = self.source.key
        manifest = Manifest(
            made_at=self.made_at,
            version=__version__,
            schema=schema,
            issuer=settings.issuer,
            vkey=key.public.vkey,
            ledger_size=self.ledger_size,
            ledger_digest=digest,
            recordings=self.recordings,
            tables=look.tables,
            parts=tuple(tally.parts),
        )
        yield from last_members(manifest, key)


def digest_and_size(file: Path) -> tuple[bytes, int]:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
        return digest.digest(), content.tell()


def _measured(growing: Path, file: Path, packing: _Packing) -> Made:
    digest, size = digest_and_size(growing)
    if packing.made_at is None:
        raise Conflict("Nothing was read.")
    return Made(file, size, digest.hex(), packing.made_at, packing.ledger_size)


def _note(made: Made, key: SigningKey) -> str:
    digest = base64.b64encode(bytes.fromhex(made.sha256)).decode()
    return sign_note(f"{key.name}{FILE_ORIGIN}\n{made.size}\n{digest}\nat {instant(made.made_at)}\n", key)


def _tell(source: Source, made: Made, *, recordings: bool) -> None:
    """Into the ledger, where it can be written: a backup is worth most when it cannot."""
    facts = {
        "sha256": made.sha256,
        "bytes": made.size,
        "ledger_size": made.ledger_size,
        "recordings": recordings,
    }
    with suppress(Unavailable), source.store.write() as tx:
        source.ledger.append(tx, Entry("backup.made", "broker", facts=facts))
    log.info("backup_made", bytes=made.size, ledger_size=made.ledger_size)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
