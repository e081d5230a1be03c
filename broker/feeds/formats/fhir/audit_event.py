"""An entry of the ledger as FHIR AuditEvents.

R4 is written first and R5 made from it: the same facts under R5's names.
The patterns are those of IHE's Basic Audit Log Patterns (patient entity, user agent, authorization server).
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from broker.feeds.formats.about import NOTHING, About, Teller, occurred
from broker.feeds.formats.event_id import event_id
from broker.feeds.formats.fhir.agents import agents_of, observer
from broker.feeds.formats.fhir.codes import SOURCE_TYPE, purposes_of, subtypes_of, type_of
from broker.feeds.formats.fhir.entities import entities_of
from broker.feeds.formats.fhir.release_5 import as_release_5
from broker.feeds.formats.kind import Kind, Loudness
from broker.feeds.formats.kinds import kind_of
from broker.ledger.entry import Recorded

MEDIA_TYPE = "application/fhir+json"


class Release(StrEnum):
    R4 = "R4"
    R5 = "R5"


def audit_events(
    recorded: Recorded, about: About = NOTHING, *, teller: Teller, release: Release = Release.R4
) -> list[dict[str, Any]]:
    """The AuditEvents of one entry, as JSON values; today always one. Pure; the same entry gives the same ``id``."""
    written = _release_4(recorded, about, teller)
    return [written if release is Release.R4 else as_release_5(written, kind_of(recorded))]


def _release_4(recorded: Recorded, about: About, teller: Teller) -> dict[str, Any]:
    kind = kind_of(recorded)
    written: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": event_id(recorded, teller),
        "type": type_of(kind),
        "subtype": subtypes_of(recorded, kind, about),
        "action": kind.action.value,
        "recorded": instant(recorded.at),
        "outcome": _outcome(kind),
        "outcomeDesc": kind.title,
        "agent": agents_of(recorded, about, teller),
        "source": {
            "site": teller.host,
            "observer": observer(teller),
            "type": [{"system": SOURCE_TYPE, "code": "6", "display": "Security Server"}],
        },
        "entity": entities_of(recorded, about, teller),
    }
    if (at := occurred(recorded)) is not None:
        written["period"] = {"start": instant(at), "end": instant(at)}
    if purposes := purposes_of(about):
        written["purposeOfEvent"] = purposes
    return written


def instant(at: datetime) -> str:
    """To the millisecond: more than that some servers refuse."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _outcome(kind: Kind) -> str:
    """``0`` success, ``4`` minor and ``8`` serious failure."""
    if not kind.failed:
        return "0"
    return "8" if kind.loudness <= Loudness.ERROR else "4"
