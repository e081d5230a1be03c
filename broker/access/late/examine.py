"""What ``broker doctor`` says of ends that were put aside."""

from __future__ import annotations

from datetime import datetime

from broker.access.late.folder_spool import FILE, REFUSED, FolderSpool
from broker.sites.finding import Finding


def examine_spool(spool: FolderSpool, now: datetime) -> list[Finding]:
    """Whether ends could be put aside if nothing could be written now, and what waits since when."""
    return [_room(spool), _waiting(spool, now), *_refused(spool)]


def _room(spool: FolderSpool) -> Finding:
    if spool.ready():
        return Finding(
            True, "If the database cannot be written, ends of access are put aside, on a full disk too."
        )
    return Finding(
        False,
        f"There is no room kept for ends of access that cannot be written down (spool/{FILE}). "
        "Free space on the disk of the state folder, and let the broker write to it.",
    )


def _waiting(spool: FolderSpool, now: datetime) -> Finding:
    records = spool.waiting().records
    if not records:
        return Finding(True, "Everything that ended is written down.")
    minutes = int((now - min(each.kept_at for each in records)).total_seconds() // 60)
    return Finding(
        False,
        f"{len(records)} late records wait since {minutes} minutes until the database can be written. "
        "The access is ended and stays so. Look for a full disk, a lock, or: broker audit verify",
    )


def _refused(spool: FolderSpool) -> list[Finding]:
    if not spool.refused():
        return []
    words = (
        f"Lines that this broker did not write stood among the late records. They changed nothing and lie in spool/{REFUSED}. "
        "Find out who wrote to the state folder, then move the file away."
    )
    return [Finding(False, words)]
