"""R5's AuditEvent, made from R4's."""

from __future__ import annotations

from typing import Any

from broker.feeds.formats.fhir.codes import ISSUE_SEVERITY, OBJECT_ROLE
from broker.feeds.formats.kind import Kind

_SEVERITY = {1: "alert", 3: "error", 4: "warning", 5: "notice", 6: "informational"}
_OUTCOME = {"0": ("success", "Operation Successful"), "4": ("error", "Error"), "8": ("fatal", "Fatal")}


def as_release_5(r4: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """The same facts: type is the category, the most telling subtype the code, purposes authorizations."""
    category, (first, *more) = r4["type"], r4["subtype"]
    written = {
        "resourceType": "AuditEvent",
        "id": r4["id"],
        "category": [{"coding": [category]}],
        "code": {"coding": [first, *more], "text": kind.title},
        "action": r4["action"],
        "severity": _SEVERITY[kind.loudness],
        "recorded": r4["recorded"],
        "outcome": _outcome(r4),
        "agent": [_agent(each) for each in r4["agent"]],
        "source": _source(r4["source"]),
        "entity": [_entity(each) for each in r4["entity"]],
    }
    if "period" in r4:
        written["occurredDateTime"] = r4["period"]["start"]
    if "purposeOfEvent" in r4:
        written["authorization"] = r4["purposeOfEvent"]
    if patient := _patient(r4):
        written["patient"] = patient
    return written


def _outcome(r4: dict[str, Any]) -> dict[str, Any]:
    code, display = _OUTCOME[r4["outcome"]]
    coding = {"system": ISSUE_SEVERITY, "code": code, "display": display}
    return {"code": coding, "detail": [{"text": r4["outcomeDesc"]}]}


def _agent(agent: dict[str, Any]) -> dict[str, Any]:
    # R5 has no altId; what it said stands in the ledger entry's actor.
    return {name: value for name, value in agent.items() if name != "altId"}


def _source(source: dict[str, Any]) -> dict[str, Any]:
    return {
        "site": {"display": source["site"]},
        "observer": source["observer"],
        "type": [{"coding": source["type"]}],
    }


def _entity(entity: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {"what": entity["what"]}
    if "role" in entity:
        written["role"] = {"coding": [entity["role"]]}
    if "detail" in entity:
        written["detail"] = [
            {"type": {"text": each["type"]}, "valueString": each["valueString"]} for each in entity["detail"]
        ]
    return written


def _patient(r4: dict[str, Any]) -> dict[str, Any] | None:
    is_patient = {"system": OBJECT_ROLE, "code": "1", "display": "Patient"}
    return next((each["what"] for each in r4["entity"] if each.get("role") == is_patient), None)
