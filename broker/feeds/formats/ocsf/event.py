"""An entry of the ledger as an OCSF event. What OCSF has no place for is kept under ``unmapped``."""

from __future__ import annotations

from typing import Any

from broker import __version__
from broker.feeds.formats.about import NOTHING, About, Teller, occurred, patient_of, plain_facts
from broker.feeds.formats.event_id import event_id
from broker.feeds.formats.kind import Kind, Loudness
from broker.feeds.formats.kinds import kind_of
from broker.feeds.formats.ocsf.classes import OTHER, Class, Classified, classify
from broker.ledger.body import instant
from broker.ledger.entry import Recorded

VERSION = "1.5.0"
PRODUCT = "Emergency access broker"
# Informational, low, medium, critical.
_SEVERITY = {
    Loudness.INFORMATIONAL: 1,
    Loudness.NOTICE: 2,
    Loudness.WARNING: 3,
    Loudness.ERROR: 4,
    Loudness.ALERT: 5,
}
# The class has no actor of its own; this profile gives it one.
_PROFILES = {Class.WEB_RESOURCES: {"profiles": ["host"]}}


def ocsf_event(recorded: Recorded, about: About = NOTHING, *, teller: Teller) -> dict[str, Any]:
    """JSON values; the same entry gives the same ``metadata.uid``."""
    kind = kind_of(recorded)
    found = classify(recorded, kind)
    named = {"activity_name": recorded.entry.event} if found.activity == OTHER else {}
    return {
        "class_uid": found.of.value,
        "category_uid": found.of.category,
        "activity_id": found.activity,
        **named,
        "type_uid": found.type_uid,
        "severity_id": _SEVERITY[kind.loudness],
        "status_id": 2 if kind.failed else 1,
        "time": int((occurred(recorded) or recorded.at).timestamp() * 1000),
        "message": kind.title,
        "metadata": {**_metadata(recorded, teller), **_PROFILES.get(found.of, {})},
        "actor": _actor(recorded, teller),
        **_of_class(recorded, about, kind, found, teller),
        "unmapped": _unmapped(recorded, about),
    }


def _metadata(recorded: Recorded, teller: Teller) -> dict[str, Any]:
    entry = recorded.entry
    told = {
        "version": VERSION,
        "uid": event_id(recorded, teller),
        "event_code": entry.event,
        "log_name": "ledger",
        "sequence": recorded.seq,
        "original_time": instant(occurred(recorded) or recorded.at),
        "logged_time": int(recorded.at.timestamp() * 1000),
        "product": {
            "name": PRODUCT,
            "vendor_name": PRODUCT,
            "uid": teller.issuer,
            "version": __version__,
        },
    }
    if together := entry.request or entry.grant:
        told["correlation_uid"] = together
    return told


def _actor(recorded: Recorded, teller: Teller) -> dict[str, Any]:
    actor = recorded.entry.actor
    if ":" in actor or actor in {"broker", "command-line", "single-sign-on", "demo"}:
        return {"app_name": actor if actor != "broker" else PRODUCT}
    return {"user": _user(actor, teller)}


def _user(person: str, teller: Teller) -> dict[str, Any]:
    named = {"name": teller.names[person]} if person in teller.names else {}
    return {"uid": person, "type_id": 1, **named}


def _of_class(
    recorded: Recorded, about: About, kind: Kind, found: Classified, teller: Teller
) -> dict[str, Any]:
    """What this class wants beside what all of them have."""
    entry = recorded.entry
    whom = _user(about.holder or entry.subject or "unknown", teller)
    match found.of:
        case Class.AUTHENTICATION:
            return {"user": whom, "service": {"name": PRODUCT, "uid": teller.issuer}}
        case Class.ACCOUNT_CHANGE:
            return {"user": whom}
        case Class.AUTHORIZE_SESSION:
            return {"user": whom, "privileges": _scopes(recorded), "session": _session(recorded, teller)}
        case Class.USER_ACCESS:
            privileges = [about.entitlement or kind.title]
            return {"user": whom, "privileges": privileges, "resources": _resources(recorded, about)}
        case Class.WEB_RESOURCES:
            return {"web_resources": _resources(recorded, about)}
        case Class.ENTITY_MANAGEMENT:
            return {"entity": _entity(recorded)}


def _scopes(recorded: Recorded) -> list[str]:
    scopes = recorded.entry.facts.get("scopes")
    return [str(each) for each in scopes] if isinstance(scopes, list) and scopes else ["none"]


def _session(recorded: Recorded, teller: Teller) -> dict[str, Any]:
    return {"uid": str(recorded.entry.facts.get("token", "unknown")), "issuer": teller.issuer}


def _resources(recorded: Recorded, about: About) -> list[dict[str, str]]:
    entry = recorded.entry
    things = (
        ("Patient", about.patient_ref or patient_of(recorded, about)),
        ("Recording or record", entry.facts.get("holding")),
        ("Site", entry.facts.get("site") or about.site),
        ("Access grant", entry.grant),
    )
    found = [{"type": sort, "uid": str(uid)} for sort, uid in things if uid]
    return found or [{"type": "Ledger entry", "uid": str(recorded.seq)}]


def _entity(recorded: Recorded) -> dict[str, str]:
    entry = recorded.entry
    sort = entry.event.partition(".")[0]
    uid = entry.grant or entry.request or entry.facts.get(sort) or entry.subject
    return {"type": sort, "name": sort, **({"uid": str(uid)} if uid else {})}


def _unmapped(recorded: Recorded, about: About) -> dict[str, str]:
    own = {"ledger_digest": recorded.digest}
    terms = {
        "path": about.path,
        "purpose_of_use": about.purpose,
        "reason": about.reason,
        "entitlement": about.entitlement,
        "emergency": "true" if about.emergency else None,
        "approvers": " ".join(about.approvers) or None,
    }
    facts = {f"fact.{name}": text for name, text in plain_facts(recorded)}
    return {**own, **{name: value for name, value in terms.items() if value}, **facts}
