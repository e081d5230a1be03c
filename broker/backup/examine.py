"""What ``broker doctor`` says of backups."""

from __future__ import annotations

from datetime import datetime, timedelta

from broker.backup.format.age import recipients_of
from broker.backup.schedule import newest
from broker.errors import ConfigurationError
from broker.settings import Settings
from broker.sites.finding import Finding

LATE_AFTER = 2
"""Times the pause between two."""


def examine_backups(settings: Settings, now: datetime) -> list[Finding]:
    folder = settings.backup_dir
    if folder is None:
        return [
            Finding(
                True, "No backups are made by themselves (BROKER_BACKUP_DIR). See that somebody makes them."
            )
        ]
    try:
        recipients_of(settings.backup_recipient)
    except ConfigurationError as error:
        return [Finding(False, f"{error} {error.help}")]
    last = newest(folder)
    if last is None:
        return [Finding(False, f"No backup lies in {folder} yet.")]
    fresh = now - last < LATE_AFTER * timedelta(hours=settings.backup_hours)
    words = f"The last backup was begun at {last:%Y-%m-%d %H:%M} UTC."
    if fresh:
        return [Finding(True, words)]
    return [Finding(False, f"{words} Look for a full disk, and for chore_failed in the log.")]
