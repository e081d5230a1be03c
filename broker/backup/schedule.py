"""Backups made by themselves: every so many hours, and only the newest ones stay."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from broker.backup.create import Made, Source, create_backup, note_beside

NAME = "broker-%Y%m%dT%H%M%SZ.age"

log = structlog.get_logger("broker.backup")


def back_up_when_due(source: Source) -> Made | None:
    """One backup if the newest is older than the settings allow, and the oldest ones beyond what is kept go.

    None when it is not time, nobody asked for any, or another process is at it.
    """
    settings, now = source.settings, source.store.clock.wall()
    folder = settings.backup_dir
    if folder is None or not is_due(folder, now, timedelta(hours=settings.backup_hours)):
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder) as mine:
        if not mine or not is_due(folder, now, timedelta(hours=settings.backup_hours)):
            return None
        _sweep_up(folder)
        file = folder / now.strftime(NAME)
        made = create_backup(source, file, settings.backup_recipient, recordings=settings.backup_recordings)
        _forget_oldest(folder, settings.backup_keep)
        return made


def is_due(folder: Path, now: datetime, every: timedelta) -> bool:
    last = newest(folder)
    # One from the future was made while the clock was wrong.
    return last is None or not timedelta() <= now - last < every


def newest(folder: Path) -> datetime | None:
    """When the newest backup in the folder was begun, None when there is none."""
    return max((at for at, _ in _backups(folder)), default=None)


def _forget_oldest(folder: Path, keep: int) -> None:
    for _, file in sorted(_backups(folder))[:-keep]:
        file.unlink(missing_ok=True)
        note_beside(file).unlink(missing_ok=True)
        log.info("backup_forgotten", file=file.name)


def _sweep_up(folder: Path) -> None:
    """What a process that was killed left behind."""
    for left in (*folder.glob("broker-*.age.part"), *folder.glob("broker-*.age.note")):
        if left.suffix == ".part" or not left.with_suffix("").exists():
            left.unlink(missing_ok=True)


def _backups(folder: Path) -> Iterator[tuple[datetime, Path]]:
    for file in folder.glob("broker-*.age"):
        try:
            yield datetime.strptime(file.name, NAME).replace(tzinfo=UTC), file
        except ValueError:  # somebody's own copy
            continue


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process makes one now."""
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
