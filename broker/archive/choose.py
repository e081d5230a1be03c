"""Opens the archives that the settings name. Nothing is asked over a network yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from broker.archive.copying.copy_on import Source
from broker.archive.copying.rounds import Archiving, Stamping
from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.places.place import Place, folder_of, place_id
from broker.archive.settings import ArchiveSettings
from broker.errors import ConfigurationError
from broker.ledger.chain import Ledger
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.signing.keys import PublicKey
from broker.store import Store


def open_archiving(
    settings: ArchiveSettings, store: Store, ledger: Ledger, keeper: CheckpointKeeper
) -> Archiving:
    """Everything that archives this ledger; without places when nothing is set."""
    key = keeper.key.public
    places = open_places(settings, key, store.clock.now)
    stamping = open_stamping(settings) if places else None
    return Archiving(
        Source(store, key, keeper.last), tuple(places), stamping, settings.archive_seconds, ledger
    )


def open_places(settings: ArchiveSettings, key: PublicKey, now: Callable[[], datetime]) -> list[Place]:
    """Where this ledger is archived; empty when nothing is set. ConfigurationError without the library it takes."""
    found: list[Place] = []
    if settings.archive_dir:
        found.append(AppendOnlyFolder(settings.archive_dir / folder_of(key)))
    if settings.archive_bucket:
        found.append(_bucket(settings, key, now))
    return found


def folder_id(folder: Path) -> str:
    return place_id("folder", str(folder.resolve()))


def bucket_id(settings: ArchiveSettings) -> str:
    return place_id("bucket", settings.archive_endpoint, settings.archive_bucket, settings.archive_prefix)


def open_stamping(settings: ArchiveSettings) -> Stamping | None:
    """The authority that says when, if one is named."""
    if not settings.timestamp_url and not settings.timestamp_ca_file:
        return None
    try:
        from broker.archive.time_stamps import ask_for_stamp, check_stamp, read_roots
    except ImportError as error:
        raise _lacks("timestamps") from error
    roots = read_roots(settings.timestamp_ca_file)
    return Stamping(
        lambda content: ask_for_stamp(settings.timestamp_url, content, roots),
        partial(check_stamp, roots=roots),
    )


def _bucket(settings: ArchiveSettings, key: PublicKey, now: Callable[[], datetime]) -> Place:
    try:
        from broker.archive.places.bucket_client import bucket_client
        from broker.archive.places.object_lock import LockedBucket
    except ImportError as error:
        raise _lacks("aws") from error
    prefix = f"{settings.archive_prefix.strip('/')}/".lstrip("/") + folder_of(key) + "/"
    keeps = timedelta(days=settings.archive_days)
    client = bucket_client(settings)
    return LockedBucket(client, settings.archive_bucket, prefix, keeps, now, bucket_id(settings))


def _lacks(extra: str) -> ConfigurationError:
    return ConfigurationError(
        "The library that the archive needs is not installed.",
        help=f"Install the extra: pip install 'emergency-access-broker[{extra}]'",
    )
