"""What ``broker doctor`` and the ledger's page say of the archives: from what was written down, without asking them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.archive.choose import bucket_id, folder_id
from broker.archive.copying.standing import Standing, standing_of
from broker.archive.settings import ArchiveSettings
from broker.ledger.read import entries_after, latest
from broker.store import Reader

# Rounds that may be missed before somebody is told.
_MISSED = 5
_NAMES = {"folder": "the archive folder", "bucket": "the archive bucket"}


@dataclass(frozen=True)
class ArchiveFinding:
    """One archive: how many entries it holds, how many it lacks, since when, and what is wrong."""

    good: bool
    name: str
    stands: Standing
    lacks: int
    words: str


def examine(reader: Reader, settings: ArchiveSettings, key_id: str) -> list[ArchiveFinding]:
    """Of each archive in the settings; ``key_id`` in hex is that of the ledger's key."""
    last = latest(reader)
    size = last.seq if last else 0
    patience = timedelta(seconds=settings.archive_seconds * _MISSED)
    places = [folder_id(settings.archive_dir)] if settings.archive_dir else []
    places += [bucket_id(settings)] if settings.archive_bucket else []
    stand = [standing_of(reader, place, key_id) for place in places]
    return [_finding(each, size, late=_waits_since(reader, each) < reader.at - patience) for each in stand]


def _waits_since(reader: Reader, stands: Standing) -> datetime:
    """When the first entry was written that is not archived; now when there is none."""
    waiting = entries_after(reader, stands.point.size, limit=1)
    return waiting[0].at if waiting else reader.at


def _finding(stands: Standing, size: int, *, late: bool) -> ArchiveFinding:
    name, lacks = _NAMES[stands.place.partition("-")[0]], max(0, size - stands.point.size)
    words = f"{stands.point.size:,} entries are archived"
    if stands.archived_at:
        words += f", the last on {stands.archived_at:%Y-%m-%d %H:%M} UTC"
    if lacks:
        words += f"; {lacks:,} came since"
    if stands.stamped_size:
        words += f"; {stands.stamped_size:,} are under a time-stamp"
    troubles = [each for each in (stands.fault, stands.stamp_fault) if each]
    if late and not troubles:
        troubles = [
            "It has not gone on for a while. Run: broker archive run. It goes on by itself while the broker is served."
        ]
    return ArchiveFinding(not troubles, name, stands, lacks, ". ".join([words, *troubles]).rstrip(".") + ".")
