"""Whether what policy keeps no longer is really erased: a chore that stopped says nothing by itself."""

from __future__ import annotations

from datetime import timedelta

from broker.policy.durations import in_words
from broker.retention.erase import due_count
from broker.sites.finding import Finding
from broker.store import Reader

# The broker looks every ten minutes; a day late is no delay any more.
LATE = timedelta(days=1)


def examine_retention(reader: Reader, keep: timedelta | None) -> Finding:
    if keep is None:
        return Finding(True, "Policy sets no time after which notes are erased.")
    late, kept = due_count(reader, keep + LATE)
    if late:
        words = f"{late} notes should have been erased a day ago or more. Is the broker running?"
        return Finding(False, f"{words} Erase them now: broker retention erase-due")
    more = f", but for {kept} that a hold or an open review keeps" if kept else ""
    return Finding(True, f"Notes are erased after {in_words(keep)}{more}.")
