"""A batch as one Bundle to a FHIR server, which says of each AuditEvent whether it has it."""

from __future__ import annotations

import json
from typing import Any

from broker.clock import Clock
from broker.feeds.acceptable import AUTHORIZATION
from broker.feeds.channels.answer import Answer, Batch
from broker.feeds.channels.over_https import OF_THE_BATCH, Reply, post, told, words
from broker.feeds.feed import Feed, Secrets
from broker.feeds.formats.about import Teller
from broker.feeds.formats.choose import as_values
from broker.feeds.formats.fhir.audit_event import MEDIA_TYPE
from broker.feeds.formats.fhir.bundle import batch as as_bundle

MOST = 20
_NO_BATCH = "It answered {}, but not with what became of each event."


def send(feed: Feed, secrets: Secrets, teller: Teller, batch: Batch, clock: Clock) -> Answer:
    events = [value for entry, about in batch for value in as_values(feed.format, entry, about, teller)]
    headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE, "Prefer": "return=minimal"}
    if secrets.get(AUTHORIZATION):
        headers["Authorization"] = secrets[AUTHORIZATION]
    reply = post(feed, json.dumps(as_bundle(events)).encode(), headers, clock)
    if not isinstance(reply, Reply):
        return reply
    return _judged(reply, len(batch)) if reply.well else told(reply, len(batch))


def _judged(reply: Reply, count: int) -> Answer:
    results = _results(reply.body)
    if results is None or len(results) != count:
        return Answer(fault=_NO_BATCH.format(reply.status))
    for place, each in enumerate(results):
        status = _status(each)
        if not 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls success
            fault = f"It answered {status or 'nothing'} to the event. {_why(each)}".strip()
            return Answer(place, fault, refused=status in OF_THE_BATCH)
    return Answer(taken=count)


def _results(body: bytes) -> list[Any] | None:
    try:
        bundle = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(bundle, dict) or bundle.get("type") != "batch-response":
        return None
    entries = bundle.get("entry")
    return entries if isinstance(entries, list) else None


def _response(result: Any) -> dict[str, Any]:
    said = result.get("response") if isinstance(result, dict) else None
    return said if isinstance(said, dict) else {}


def _status(result: Any) -> int:
    """``201 Created`` is 201; 0 where it says nothing."""
    said = str(_response(result).get("status", ""))[:3]
    return int(said) if said.isascii() and said.isdigit() else 0


def _why(result: Any) -> str:
    """The first thing its OperationOutcome says."""
    outcome = _response(result).get("outcome")
    issues = outcome.get("issue") if isinstance(outcome, dict) else None
    first = issues[0] if isinstance(issues, list) and issues else None
    return words(first.get("diagnostics")) if isinstance(first, dict) else ""
