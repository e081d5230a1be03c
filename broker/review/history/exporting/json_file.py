"""The history as one JSON document, a line for each grant; docs/history.schema.json says what stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from broker.review.history.exporting.exported import Export
from broker.review.history.rows import HistoryRow

KIND, VERSION = "emergency-access-history", 1


def json_lines(export: Export, parts: Iterable[Sequence[HistoryRow]]) -> Iterator[str]:
    """The document as it is read. It ends in ``"complete": true``: one that was cut off is no JSON, and lacks that."""
    head = {
        "kind": KIND,
        "version": VERSION,
        "made_at": _utc(export.at),
        "filters": export.filters.to_query(),
    }
    yield f'{_written(head)[:-1]},"grants":['
    before = "\n"
    for rows in parts:
        yield before + ",\n".join(_written(_grant(row)) for row in rows)
        before = ",\n"
    yield '\n],"complete":true}\n'


def _grant(row: HistoryRow) -> dict[str, Any]:
    return {
        "grant": row.grant_id,
        "request": row.request_id,
        "person": {"id": row.person_id, "name": row.person},
        "entitlement": row.entitlement,
        "kind": row.kind,
        "path": row.path,
        "patient": row.patient_id,
        "site": row.site_id,
        "purpose": row.purpose,
        "reason": row.reason,
        "state": row.state,
        "unconfirmed_at": _utc(row.unconfirmed_at),
        "cause": row.cause,
        "issued_at": _utc(row.issued_at),
        "active_at": _utc(row.active_at),
        "expires_at": _utc(row.expires_at),
        "revoked_at": _utc(row.revoked_at),
        "review": _review(row),
    }


def _review(row: HistoryRow) -> dict[str, Any] | None:
    if row.review_due_at is None:
        return None
    return {
        "due_at": _utc(row.review_due_at),
        "outcome": row.review_outcome,
        "signed_at": _utc(row.review_signed_at),
    }


def _utc(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
