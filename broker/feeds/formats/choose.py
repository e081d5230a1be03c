"""The formats a feed can speak, by the name a person chooses them by."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from broker.feeds.formats.about import About, Teller
from broker.feeds.formats.cef import cef_line
from broker.feeds.formats.fhir.audit_event import Release, audit_events
from broker.feeds.formats.ledger_json import ledger_event
from broker.feeds.formats.ocsf.event import ocsf_event
from broker.feeds.formats.syslog import syslog_message
from broker.ledger.entry import Recorded


class Format(StrEnum):
    LEDGER = "ledger"
    FHIR_R4 = "fhir-r4"
    FHIR_R5 = "fhir-r5"
    OCSF = "ocsf"
    CEF = "cef"
    SYSLOG = "rfc5424"


def as_values(shape: Format, recorded: Recorded, about: About, teller: Teller) -> list[Any]:
    """What ``shape`` makes of the entry: JSON values, or one line of text for CEF and syslog."""
    return _WRITERS[shape](recorded, about, teller)


def as_lines(shape: Format, recorded: Recorded, about: About, teller: Teller) -> list[str]:
    """The same, each as one line of text without its end."""
    return [
        each if isinstance(each, str) else json.dumps(each, ensure_ascii=False, separators=(",", ":"))
        for each in as_values(shape, recorded, about, teller)
    ]


_WRITERS: Mapping[Format, Callable[[Recorded, About, Teller], list[Any]]] = {
    Format.LEDGER: lambda entry, about, teller: [ledger_event(entry, about, teller=teller)],
    Format.FHIR_R4: lambda entry, about, teller: audit_events(
        entry, about, teller=teller, release=Release.R4
    ),
    Format.FHIR_R5: lambda entry, about, teller: audit_events(
        entry, about, teller=teller, release=Release.R5
    ),
    Format.OCSF: lambda entry, about, teller: [ocsf_event(entry, about, teller=teller)],
    Format.CEF: lambda entry, about, teller: [cef_line(entry, about, teller=teller)],
    Format.SYSLOG: lambda entry, about, teller: [syslog_message(entry, about, teller=teller)],
}
