"""The ledger's own words as JSON, for software that knows the broker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from broker.feeds.formats.about import NEVER_TOLD, NOTHING, About, Teller, occurred
from broker.feeds.formats.event_id import event_id
from broker.feeds.formats.kinds import kind_of
from broker.ledger.body import instant
from broker.ledger.entry import Recorded


def ledger_event(recorded: Recorded, about: About = NOTHING, *, teller: Teller) -> dict[str, Any]:
    """The entry with its facts, its digest, and under ``about`` what it belongs to."""
    entry, kind = recorded.entry, kind_of(recorded)
    return {
        "id": event_id(recorded, teller),
        "issuer": teller.issuer,
        "seq": recorded.seq,
        "digest": recorded.digest,
        "at": instant(recorded.at),
        "occurred": instant(happened) if (happened := occurred(recorded)) else None,
        "event": entry.event,
        "title": kind.title,
        "severity": kind.loudness.name.lower(),
        "failed": kind.failed,
        "actor": entry.actor,
        "subject": entry.subject,
        "request": entry.request,
        "grant": entry.grant,
        "facts": _told(entry.facts),
        "about": {name: value for name, value in asdict(about).items() if value},
    }


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _told(value) if isinstance(value, Mapping) else value
        for name, value in facts.items()
        if name not in NEVER_TOLD
    }
