"""An archive alone is enough to check the ledger, and what is wrong with the archive is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.archive.copying.copy_on import copy_on
from broker.archive.copying.segment import read_segment, write_segment
from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.places.object_lock import LockedBucket
from broker.archive.places.place import Place, checkpoint_name
from broker.archive.reading.compare import compare_with_database
from broker.archive.reading.rebuild import rebuild
from broker.archive.reading.walk import Rebuilt
from broker.errors import Conflict
from broker.ledger.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from broker.ledger.exporting.export import verify_export
from broker.ledger.signing.keys import generate
from tests.archive.conftest import Written, as_owner, release

NOW = datetime.now(UTC)
MIDDLE = "segments/000000000005-000000000008.jsonl"

Rebuilding = Callable[[Place], Rebuilt]


@pytest.fixture
def rebuilt(written: Written, tmp_path: Path) -> Rebuilding:
    exports = iter(range(9))
    return lambda place: rebuild(place, written.key.public, tmp_path / f"export-{next(exports)}", at=NOW)


@pytest.fixture
def archived(written: Written, folder: AppendOnlyFolder) -> AppendOnlyFolder:
    """In three objects."""
    copy_on(written.source, folder, most=4)
    return folder


def spoil(folder: AppendOnlyFolder, name: str, content: bytes | None) -> None:
    """What root can do after all."""
    release(folder.root)
    (folder.root / name).unlink()
    if content is not None:
        (folder.root / name).write_bytes(content)
        (folder.root / name).chmod(0o400)


def test_a_whole_archive_is_an_export(
    written: Written, place: Place, rebuilt: Rebuilding, tmp_path: Path
) -> None:
    """Checked with the public key alone, and once more by the ordinary verifier of exports."""
    copy_on(written.source, place, most=4)
    found = rebuilt(place)
    assert (found.ok, found.faults) == (True, [])
    assert (found.point.size, found.segments, found.checkpoints, found.unlocked) == (10, 3, 1, 0)
    report = verify_export(tmp_path / "export-0", key=written.key.public)
    assert (report.ok, report.entries, report.checkpoints) == (True, 10, 1)
    assert compare_with_database(place, written.store, found.point) == ""


def test_an_export_is_never_overwritten(archived: AppendOnlyFolder, written: Written, tmp_path: Path) -> None:
    """What lies there stays."""
    (tmp_path / "there").write_text("mine")
    with pytest.raises(Conflict):
        rebuild(archived, written.key.public, tmp_path / "there", at=NOW)
    assert (tmp_path / "there").read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not go on from entry 4"),
        (b"", "is damaged"),
        (b"{}\n", "is damaged"),
        ("flip", "is damaged"),
    ],
)
def test_a_missing_or_spoilt_object_is_named(
    archived: AppendOnlyFolder, rebuilt: Rebuilding, content: bytes | str | None, words: str
) -> None:
    """And the ledger in it is not called whole; what follows is still read."""
    whole = (archived.root / MIDDLE).read_bytes()
    spoil(archived, MIDDLE, whole.replace(b"person_a", b"person_b", 1) if content == "flip" else content)
    found = rebuilt(archived)
    assert not found.ok
    assert any(words in fault for fault in found.faults), found.faults
    assert found.report
    assert not found.report.ok
    assert (found.segments, found.point.size) == (2, 10)


def test_an_object_swapped_for_another_ledgers_is_named(
    archived: AppendOnlyFolder, rebuilt: Rebuilding, tmp_path: Path
) -> None:
    """Whole in itself, under another key's name."""
    segment = read_segment((archived.root / MIDDLE).read_bytes())
    other = generate(tmp_path / "other.key", "other.example/ledger").public
    spoil(archived, MIDDLE, write_segment(other, segment.before, segment.entries))
    assert any("is damaged, or is nothing" in fault for fault in rebuilt(archived).faults)


def test_objects_under_each_others_names_are_named(archived: AppendOnlyFolder, rebuilt: Rebuilding) -> None:
    """A name promises entries, and the object has to hold them."""
    first = "segments/000000000001-000000000004.jsonl"
    content = (archived.root / first).read_bytes()
    spoil(archived, first, (archived.root / MIDDLE).read_bytes())
    spoil(archived, MIDDLE, content)
    assert len(rebuilt(archived).faults) >= 2


def test_a_forged_checkpoint_is_named(
    archived: AppendOnlyFolder, rebuilt: Rebuilding, tmp_path: Path
) -> None:
    """Signed by another key of the same name, it vouches for nothing."""
    forger = generate(tmp_path / "forger.key", "broker.example/ledger")
    spoil(archived, checkpoint_name(10), sign_checkpoint(forger, Checkpoint(10, b"0" * 32)).encode())
    found = rebuilt(archived)
    assert not found.ok
    assert any("nothing that the ledger's key signed" in fault for fault in found.faults)


def test_a_checkpoint_of_another_tree_is_a_fork(
    archived: AppendOnlyFolder, rebuilt: Rebuilding, written: Written
) -> None:
    """Truly signed, and not what the entries give."""
    spoil(archived, checkpoint_name(10), sign_checkpoint(written.key, Checkpoint(10, b"0" * 32)).encode())
    found = rebuilt(archived)
    assert found.report
    assert [fault.kind for fault in found.report.faults] == ["forked"]


def test_the_end_of_an_archive_cut_off_is_found_by_the_checkpoint(
    archived: AppendOnlyFolder, rebuilt: Rebuilding
) -> None:
    """It counts entries that are no longer there."""
    spoil(archived, "segments/000000000009-000000000010.jsonl", None)
    found = rebuilt(archived)
    assert found.report
    assert [fault.kind for fault in found.report.faults] == ["truncated"]


def test_an_empty_archive_is_no_archive(folder: AppendOnlyFolder, rebuilt: Rebuilding) -> None:
    """Nothing is not whole."""
    found = rebuilt(folder)
    assert not found.ok
    assert found.report is None


def test_what_was_laid_over_is_seen_through(
    written: Written, bucket: LockedBucket, rebuilt: Rebuilding
) -> None:
    """The locked version below is read, and that somebody tried is told."""
    copy_on(written.source, bucket, most=4)
    bucket.client.put_object(Bucket=bucket.bucket, Key=bucket.prefix + MIDDLE, Body=b"forged")
    bucket.client.delete_object(Bucket=bucket.bucket, Key=bucket.prefix + checkpoint_name(10))
    found = rebuilt(bucket)
    assert found.report
    assert (found.report.ok, found.point.size, found.checkpoints) == (True, 10, 1)
    assert len([fault for fault in found.faults if "laid over" in fault]) == 2
    assert not found.ok


def test_locks_that_are_over_are_counted(written: Written, bucket: LockedBucket, tmp_path: Path) -> None:
    """From that day on somebody could remove them."""
    copy_on(written.source, bucket, most=4)
    found = rebuild(bucket, written.key.public, tmp_path / "export", at=NOW + timedelta(days=30))
    assert found.ok
    assert found.unlocked == 4


def test_a_truncated_database_is_found_by_the_archive(
    written: Written, archived: AppendOnlyFolder, rebuilt: Rebuilding
) -> None:
    """With the head set back and nothing else to say so; likewise a rewritten one that is longer."""
    point = rebuilt(archived).point
    as_owner(
        written.store,
        "DELETE FROM ledger_entries WHERE seq > 5",
        "UPDATE ledger_head SET (seq, digest, at) = (SELECT seq, digest, at FROM ledger_entries WHERE seq = 5)",
    )
    assert "holds 10 entries, the database has 5" in compare_with_database(archived, written.store, point)
    written.store.clock.advance(seconds=60)  # type: ignore[attr-defined] # the tests' clock
    written.grow(20)
    assert "was rewritten" in compare_with_database(archived, written.store, point)
