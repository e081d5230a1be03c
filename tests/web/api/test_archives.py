"""What the API says of archives."""

from __future__ import annotations

from pathlib import Path

from broker.archive.choose import open_archiving
from tests.archive.conftest import release
from tests.fakes.front import Front


def test_archives_are_told_with_the_ledger(front: Front, tmp_path: Path) -> None:
    """How many entries are in each, how many came since, and whether it is well."""
    wired = front.parts
    settings = wired.settings.model_copy(update={"archive_dir": tmp_path / "write-once"})
    object.__setattr__(wired, "settings", settings)
    wired.checkpoints.path.parent.mkdir(parents=True, exist_ok=True)
    wired.checkpoints.keep(wired.store)
    open_archiving(settings, wired.store, wired.ledger, wired.checkpoints).round()
    reviewer = front.browser(front.clinic.reviewer)
    told = reviewer.get("/api/v1/ledger").get_json()["archives"]
    assert [(each["name"], each["well"], each["size"] > 0, each["lacks"]) for each in told] == [
        ("the archive folder", True, True, told[0]["lacks"])
    ]
    assert "entries are archived" in told[0]["words"]
    release(tmp_path / "write-once")
