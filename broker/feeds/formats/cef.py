"""ArcSight's Common Event Format, version 0: one line, as SIEMs have long read it."""

from __future__ import annotations

import json

from broker import __version__
from broker.feeds.formats.about import NOTHING, About, Teller, occurred, patient_of, plain_facts
from broker.feeds.formats.event_id import event_id
from broker.feeds.formats.kind import Loudness
from broker.feeds.formats.kinds import kind_of
from broker.feeds.formats.one_line import one_line
from broker.ledger.entry import Recorded

VENDOR, PRODUCT = "Emergency access broker", "broker"
_SEVERITY = {
    Loudness.INFORMATIONAL: 1,
    Loudness.NOTICE: 3,
    Loudness.WARNING: 6,
    Loudness.ERROR: 8,
    Loudness.ALERT: 10,
}


def cef_line(recorded: Recorded, about: About = NOTHING, *, teller: Teller) -> str:
    """Without a line end. Keys are CEF's own; the entry's facts are JSON in the key ``ebFacts``."""
    kind = kind_of(recorded)
    heads = (VENDOR, PRODUCT, __version__, recorded.entry.event, kind.title, str(_SEVERITY[kind.loudness]))
    told = _extension(recorded, about, teller, kind.failed)
    return "|".join(["CEF:0", *map(_head, heads), " ".join(f"{key}={_value(text)}" for key, text in told)])


def _extension(recorded: Recorded, about: About, teller: Teller, failed: bool) -> list[tuple[str, str]]:
    entry = recorded.entry
    labelled = (
        ("grant", entry.grant),
        ("request", entry.request),
        ("patient", about.patient_ref or patient_of(recorded, about)),
        ("purposeOfUse", about.purpose),
        ("path", about.path),
        ("ledgerDigest", recorded.digest),
    )
    at = occurred(recorded)
    told = [
        ("start", str(int(at.timestamp() * 1000)) if at else ""),
        ("rt", str(int(recorded.at.timestamp() * 1000))),
        ("externalId", event_id(recorded, teller)),
        ("cn1Label", "ledgerSeq"),
        ("cn1", str(recorded.seq)),
        ("dvchost", teller.host),
        ("outcome", "failure" if failed else "success"),
        ("suid", entry.actor),
        ("duid", about.holder or entry.subject or ""),
        ("cat", kind_of(recorded).family.value),
    ]
    for place, (label, value) in enumerate(labelled, 1):
        told += [(f"cs{place}Label", label), (f"cs{place}", value)] if value else []
    facts = dict(plain_facts(recorded))
    told.append(("ebFacts", json.dumps(facts, ensure_ascii=False, separators=(",", ":")) if facts else ""))
    return [(key, text) for key, text in told if text]


def _head(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _value(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace("=", "\\=")
