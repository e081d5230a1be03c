"""What an entry is about, beyond what it says itself: a stranger to the ledger cannot look it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from broker.ledger.body import parse_instant
from broker.ledger.entry import Recorded

# A sealed note is nobody's business but the broker's: whoever keeps a copy would keep it past its erasure.
NEVER_TOLD = frozenset({"sealed"})


@dataclass(frozen=True)
class About:
    """Of the request or grant an entry belongs to. Everything is an opaque id or a code; None where it has none.

    ``patient_ref`` is the clinic's own id for the patient, filled only for whom a
    person decided it; ``emergency``: the glass was broken, for this grant or for the one it extends.
    """

    patient: str | None = None
    patient_ref: str | None = None
    holder: str | None = None
    approvers: tuple[str, ...] = ()
    path: str | None = None
    emergency: bool = False
    purpose: str | None = None
    reason: str | None = None
    entitlement: str | None = None
    kind: str | None = None
    site: str | None = None
    expires_at: str | None = None


NOTHING = About()


@dataclass(frozen=True)
class Teller:
    """Who tells: ``issuer`` is the broker's own address, ``patient_system`` the URI the clinic's patient ids belong to.

    ``names`` are names of staff and sites by id, for readers who may see them; empty for feeds.
    """

    issuer: str
    patient_system: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return urlsplit(self.issuer).hostname or self.issuer

    def system(self, what: str) -> str:
        """The URI under which ids of one sort (``person``, ``patient``, ``grant``...) are unique."""
        return f"{self.issuer.rstrip('/')}/ids/{what}"


def patient_of(recorded: Recorded, about: About) -> str | None:
    said = recorded.entry.facts.get("patient")
    return about.patient or (said if isinstance(said, str) else None)


def occurred(recorded: Recorded) -> datetime | None:
    """When it happened, where the entry was written later: what a site saw, an end that had to wait for the disk."""
    for name in ("happened_at", "seen_at"):
        said = recorded.entry.facts.get(name)
        if isinstance(said, str):
            try:
                return parse_instant(said)
            except ValueError:
                continue
    return None


def plain_facts(recorded: Recorded) -> list[tuple[str, str]]:
    """The entry's facts as text by dotted name, in one order; what is nobody's business left out."""
    return sorted(_flat("", recorded.entry.facts))


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name not in NEVER_TOLD:
                yield from _flat(f"{path}.{name}" if path else str(name), each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if value:
            yield path, " ".join(_text(each) for each in value)
    elif value is not None and value != "":
        yield path, _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
