"""The history as a file for a spreadsheet: the same question, our own ids, times in UTC."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from broker.review.history.rows import HistoryRow

HEADS = (
    "grant",
    "request",
    "person",
    "person_name",
    "entitlement",
    "path",
    "patient",
    "site",
    "purpose",
    "reason",
    "state",
    "cause",
    "issued_utc",
    "active_utc",
    "expires_utc",
    "revoked_utc",
    "review_due_utc",
    "review_outcome",
    "review_signed_utc",
)
# What makes a spreadsheet compute a cell instead of showing it, in every width it can be typed in.
_DANGEROUS = frozenset(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)


def csv_lines(parts: Iterable[Sequence[HistoryRow]]) -> Iterator[str]:
    """The file as it is read: heads first, then a part for each batch of grants."""
    yield _written([HEADS])
    for rows in parts:
        yield _written(map(_cells, rows))


def harmless(cell: str) -> str:
    """``cell``, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell[:1] in _DANGEROUS and cell else cell


def _cells(row: HistoryRow) -> Sequence[str]:
    return (
        row.grant_id,
        row.request_id,
        row.person_id,
        row.person,
        row.entitlement,
        row.path,
        row.patient_id,
        row.site_id or "",
        row.purpose,
        row.reason,
        "unconfirmed" if row.is_unconfirmed else row.state,
        row.cause or "",
        _utc(row.issued_at),
        _utc(row.active_at),
        _utc(row.expires_at),
        _utc(row.revoked_at),
        _utc(row.review_due_at),
        row.review_outcome or "",
        _utc(row.review_signed_at),
    )


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _written(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return text.getvalue()
