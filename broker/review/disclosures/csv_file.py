"""An accounting of disclosures for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

from broker.review.disclosures.draw_up import DrawnUp
from broker.review.disclosures.exempt import exempt_as
from broker.review.history.exporting.csv_file import harmless

HEADS = (
    "began_utc",
    "ended_utc",
    "recipient",
    "recipient_role",
    "disclosed",
    "place",
    "purpose_code",
    "purpose",
    "reason",
    "glass_broken",
    "times_opened",
    "first_opened_utc",
    "last_opened_utc",
    "exempt_as",
    "grant",
)


def csv_lines(drawn: DrawnUp) -> Iterator[str]:
    """Heads first, then a line for each access; neither the patient's id nor a note is in the file."""
    yield _line(HEADS)
    for each in drawn.accesses:
        yield _line(
            (
                _utc(each.began_at),
                _utc(each.ended_at),
                each.name,
                each.roles,
                each.what,
                each.where,
                each.purpose_code,
                each.purpose,
                each.reason,
                "yes" if each.broke_glass else "no",
                str(each.times_opened),
                _utc(each.first_opened),
                _utc(each.last_opened),
                exempt_as(each.purpose_code),
                each.grant_id,
            )
        )


def _line(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def _utc(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
