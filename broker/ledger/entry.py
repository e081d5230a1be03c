"""What one step of the broker leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Fact = object  # JSON without floats; checked when the entry is written


@dataclass(frozen=True)
class Entry:
    """One step, before it has a place in the chain.

    ``event`` is a dotted name such as ``grant.active``; ``actor`` a person's id,
    ``broker`` or ``site:<id>``; ``subject`` the person whose access it is about.
    ``facts`` never hold patient data: opaque ids, codes, digests, times.
    """

    event: str
    actor: str
    request: str | None = None
    grant: str | None = None
    subject: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """An entry that has its place: ``seq`` counts from 1, ``digest`` is 64 hex characters."""

    seq: int
    at: datetime
    digest: str
    entry: Entry
