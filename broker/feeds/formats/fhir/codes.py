"""The codes that FHIR's AuditEvent is written in."""

from __future__ import annotations

from typing import Any

from broker.feeds.formats.about import About
from broker.feeds.formats.kind import Family, Kind
from broker.ledger.entry import Recorded

DCM = "http://dicom.nema.org/resources/ontology/DCM"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
SECURITY_ROLE = "http://terminology.hl7.org/CodeSystem/extra-security-role-type"
ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCE_TYPE = "http://terminology.hl7.org/CodeSystem/security-source-type"
ISSUE_SEVERITY = "http://hl7.org/fhir/issue-severity"
# Fixed for ever, so that one query finds the same event of every broker.
LEDGER_EVENT = "urn:uuid:d4184bbf-f002-5cb9-bcb4-2267c3387638"

Coding = dict[str, str]

STARTED, STOPPED = "110127", "110138"
_DISPLAY = {
    "110110": "Patient Record",
    "110113": "Security Alert",
    "110114": "User Authentication",
    "110122": "Login",
    "110123": "Logout",
    STARTED: "Emergency Override Started",
    "110129": "Security Configuration",
    "110136": "Security Roles Changed",
    "110137": "User security Attributes Changed",
    STOPPED: "Emergency Override Stopped",
}
_PURPOSES = {"ETREAT": "Emergency Treatment", "BTG": "break the glass", "TREAT": "treatment"}
_TYPES = {Family.RECORD: "110110", Family.SIGN_IN: "110114"}
_SUBTYPES = {Family.ACCOUNT: "110137", Family.CONFIGURATION: "110129"}
_OF_EVENT = {
    "person.signed_in": "110122",
    "person.sign_in_failed": "110122",
    "person.sign_in_failures": "110122",
    "session.ended": "110123",
    "person.roles_set": "110136",
}
# A grant begins with the first and ends with the second, each exactly once.
_BEGINS, _ENDS = "grant.issued", "grant.revoked"


def dcm(code: str) -> Coding:
    return {"system": DCM, "code": code, "display": _DISPLAY[code]}


def type_of(kind: Kind) -> Coding:
    """DICOM's audit event id: security alert, user authentication or patient record."""
    return dcm(_TYPES.get(kind.family, "110113"))


def subtypes_of(recorded: Recorded, kind: Kind, about: About) -> list[Coding]:
    """DICOM's event type where there is one, and always the ledger's own name of the event."""
    event = recorded.entry.event
    code = _OF_EVENT.get(event) or _SUBTYPES.get(kind.family) or _of_grant(event, about)
    own = {"system": LEDGER_EVENT, "code": event, "display": kind.title}
    return [dcm(code), own] if code else [own]


def _of_grant(event: str, about: About) -> str | None:
    if event not in {_BEGINS, _ENDS}:
        return None
    if not about.emergency:
        return "110137"
    return STARTED if event == _BEGINS else STOPPED


def purposes_of(about: About) -> list[dict[str, Any]]:
    """HL7's purposes of use: the one that was given, and that the glass was broken."""
    codes = [each for each in (about.purpose, "BTG" if about.emergency else None) if each]
    return [{"coding": [_purpose(code)]} for code in dict.fromkeys(codes)]


def _purpose(code: str) -> Coding:
    named = {"display": _PURPOSES[code]} if code in _PURPOSES else {}
    return {"system": ACT_REASON, "code": code, **named}


def dcm_agent(code: str) -> Coding:
    """Who software and sites are among the agents."""
    return {
        "system": DCM,
        "code": code,
        "display": {"110150": "Application", "110153": "Source Role ID"}[code],
    }
