"""One receiver of the ledger's steps: what it is, and the terms it is told on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from broker.feeds.formats.choose import Format
from broker.feeds.formats.syslog import ENTERPRISE

Secrets = Mapping[str, str]


class Kind(StrEnum):
    SYSLOG = "syslog"
    WEBHOOK = "webhook"
    FHIR = "fhir"
    FILE = "file"


class Patients(StrEnum):
    """By which id a feed names a patient."""

    OPAQUE = "opaque"
    CLINIC_REF = "clinic_ref"


class OnRefusal(StrEnum):
    """What becomes of an entry the receiver refuses: wait for a person, or leave it out in sight and go on."""

    WAIT = "wait"
    SKIP = "skip"


FORMATS: Mapping[Kind, tuple[Format, ...]] = {
    # The first is taken where a person names none.
    Kind.SYSLOG: (Format.SYSLOG, Format.CEF, Format.OCSF),
    Kind.WEBHOOK: (Format.LEDGER, Format.OCSF, Format.FHIR_R4, Format.FHIR_R5),
    Kind.FHIR: (Format.FHIR_R4, Format.FHIR_R5),
    Kind.FILE: (Format.LEDGER, Format.OCSF, Format.CEF, Format.SYSLOG, Format.FHIR_R4, Format.FHIR_R5),
}


@dataclass(frozen=True)
class Terms:
    """``events`` are names such as ``grant.revoked`` or beginnings such as ``grant.*``; none: all of them.

    ``believe`` is PEM of the only certificates believed, empty for those the machine believes;
    ``patient_system`` the URI of the clinic's patient ids; ``enterprise`` the number in RFC 5424's data.
    """

    events: tuple[str, ...] = ()
    patients: Patients = Patients.OPAQUE
    patient_system: str = ""
    believe: str = ""
    allow_private: bool = False
    on_refusal: OnRefusal = OnRefusal.WAIT
    enterprise: int = ENTERPRISE

    def wants(self, event: str) -> bool:
        return not self.events or any(
            event.startswith(each[:-1]) if each.endswith("*") else event == each for each in self.events
        )


@dataclass(frozen=True)
class Feed:
    """``delivered_seq`` is the last entry the receiver has; ``refused_seq`` the one it refuses, None when none is."""

    id: str
    name: str
    kind: Kind
    format: Format
    target: str
    added_at: datetime
    terms: Terms = field(default_factory=Terms)
    paused_at: datetime | None = None
    delivered_seq: int = 0
    delivered_at: datetime | None = None
    next_try_at: datetime | None = None
    failures: int = 0
    fault: str | None = None
    refused_seq: int | None = None
    refusals: int = 0


def feed_of(row: Row[Any]) -> Feed:
    return Feed(
        id=row.id,
        name=row.name,
        kind=Kind(row.kind),
        format=Format(row.format),
        target=row.target,
        added_at=row.added_at,
        terms=_terms(row.terms),
        paused_at=row.paused_at,
        delivered_seq=row.delivered_seq,
        delivered_at=row.delivered_at,
        next_try_at=row.next_try_at,
        failures=row.failures,
        fault=row.fault,
        refused_seq=row.refused_seq,
        refusals=row.refusals,
    )


def written_terms(terms: Terms) -> dict[str, Any]:
    """As the table keeps them; the inverse of what ``feed_of`` reads."""
    return {**asdict(terms), "events": list(terms.events)}


def _terms(written: Mapping[str, Any]) -> Terms:
    return Terms(
        events=tuple(written["events"]),
        patients=Patients(written["patients"]),
        patient_system=written["patient_system"],
        believe=written["believe"],
        allow_private=written["allow_private"],
        on_refusal=OnRefusal(written["on_refusal"]),
        enterprise=written["enterprise"],
    )
