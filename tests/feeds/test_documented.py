"""The examples of docs/feeds.md are what the broker really writes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.feeds.feed import FORMATS
from broker.feeds.formats.about import About, Teller
from broker.feeds.formats.choose import Format, as_values
from broker.ledger.entry import Entry, Recorded

DOCS = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text()
AT = datetime(2026, 11, 22, 2, 14, 7, 512_000, tzinfo=UTC)
ABOUT = About(
    patient="pat_7c1e0a4b9d2f53e8a601",
    holder="person_1f0c2b7a9e4d58c36b12",
    path="break_glass",
    emergency=True,
    purpose="ETREAT",
    reason="unconscious",
    entitlement="recording",
    kind="recording",
    expires_at="2026-11-22T02:29:07.512000+00:00",
)
FACTS = {
    "entitlement": "recording",
    "patient": "pat_7c1e0a4b9d2f53e8a601",
    "path": "break_glass",
    "expires_at": "2026-11-22T02:29:07.512000+00:00",
    "policy": "9b1f6c0e" * 8,
}
ENTRY = Entry(
    "grant.issued",
    "person_1f0c2b7a9e4d58c36b12",
    "req_5d8a3c9e1b7f40268c4d",
    "grant_2b6e8f1a7c3d95044e17",
    "person_1f0c2b7a9e4d58c36b12",
    FACTS,
)
EXAMPLE = Recorded(4711, AT, "3f9a51c27be0d684" * 4, ENTRY)


def written(shape: Format) -> str:
    (value,) = as_values(shape, EXAMPLE, ABOUT, Teller("https://broker.clinic.example"))
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("shape", Format)
def test_examples_are_what_is_written(shape: Format) -> None:
    """Each format's example is the very text the formatter makes of the entry the page speaks of."""
    assert f"\n{written(shape)}\n```" in DOCS


def test_every_kind_and_format_is_described() -> None:
    """No kind of feed and no format of one is missing from the table."""
    for kind, shapes in FORMATS.items():
        (row,) = re.findall(rf"^\| `{kind}` \|.*$", DOCS, re.MULTILINE)
        assert all(f"`{shape}`" in row for shape in shapes)
