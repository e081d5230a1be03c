"""AuditEvents together: a batch for a server, or a collection to keep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any


def batch(events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A Bundle that asks a FHIR server to create each of ``events``; one that fails does not undo the others."""
    entries = [{**_entry(each), "request": {"method": "POST", "url": "AuditEvent"}} for each in events]
    return {"resourceType": "Bundle", "type": "batch", "entry": entries}


def collection_parts(events: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A Bundle of type collection as text, part by part, so that a million events need no memory."""
    yield '{"resourceType":"Bundle","type":"collection"'
    before = ',"entry":['
    for each in events:
        yield f"{before}\n{json.dumps(_entry(each), ensure_ascii=False)}"
        before = ","
    # FHIR knows no empty lists.
    yield "]}\n" if before == "," else "}\n"


def _entry(event: dict[str, Any]) -> dict[str, Any]:
    return {"fullUrl": f"urn:uuid:{event['id']}", "resource": event}
