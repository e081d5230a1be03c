"""The page that draws up evidence, and what the ledger's page says of archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.archive.choose import open_archiving
from broker.review.evidence.read_back import read_back
from tests.archive.conftest import release
from tests.fakes.front import Browser, Front
from tests.fakes.past import Past

DAYS = {"from": "2026-03-01", "to": "2026-03-01", "sample": "3"}


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    keeper = archive.parts.checkpoints
    keeper.path.parent.mkdir(parents=True, exist_ok=True)
    browser = archive.browser(archive.clinic.reviewer)
    browser.get("/evidence")
    return browser


def test_a_bundle_is_downloaded_and_checks(
    past: Past, archive: Front, reviewer: Browser, tmp_path: Path
) -> None:
    """It is a file, named by its days, signed, and whoever drew it is in the ledger."""
    past.broken()
    answer = reviewer.post("/evidence", DAYS)
    assert answer.headers["Content-Disposition"] == "attachment; filename=evidence-2026-03-01-2026-03-01.zip"
    (tmp_path / "bundle.zip").write_bytes(answer.data)
    answer.close()
    found = read_back(tmp_path / "bundle.zip", archive.parts.checkpoints.key.public)
    assert (found.faults, found.manifest["figures"]["grants"], found.receipts) == ([], 1, 1)
    assert [entry.actor for entry in past.entries("evidence.drawn")] == [archive.clinic.reviewer.id]


def test_the_last_whole_quarter_is_filled_in(reviewer: Browser) -> None:
    """On the first of March that is October to December, and nothing is drawn by looking."""
    assert 'value="2025-10-01"' in reviewer.page
    assert 'value="2025-12-31"' in reviewer.page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "before the first day"),
        ({"to": "2026-03-09"}, "today or an earlier day"),
        ({"from": "soon"}, "like 2026-03-01"),
        ({"sample": "101"}, "from 0 to 100"),
        ({"sample": "-1"}, "from 0 to 100"),
        ({"sample": "9" * 5000}, "from 0 to 100"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    past: Past, reviewer: Browser, changes: dict[str, str], words: str
) -> None:
    """Beside the field, with what was typed, and without an entry."""
    answer = reviewer.post("/evidence", DAYS | changes)
    assert (answer.status_code, words in reviewer.page) == (422, True)
    assert past.entries("evidence.drawn") == []


def test_the_ledgers_page_tells_of_archives(
    past: Past, archive: Front, reviewer: Browser, tmp_path: Path
) -> None:
    """That there is none; how far one is; and what is wrong with it."""
    reviewer.get("/ledger")
    assert "copied to no archive" in reviewer.page
    root = tmp_path / "write-once"
    settings = archive.parts.settings.model_copy(update={"archive_dir": root})
    object.__setattr__(archive.parts, "settings", settings)
    reviewer.get("/ledger")
    assert "Archive folder" in reviewer.page
    assert "Not yet" in reviewer.page
    archive.parts.checkpoints.keep(past.store)
    archiving = open_archiving(settings, past.store, past.ledger, archive.parts.checkpoints)
    archiving.round()
    reviewer.get("/ledger")
    assert "Well" in reviewer.page
    release(root)
    for each in root.glob("*/checkpoints/*"):
        each.unlink()
    past.clock.advance(minutes=2)
    archiving.round()
    reviewer.get("/ledger")
    assert "no longer holds what was archived there" in reviewer.page
    release(root)
