"""What every archive does, and that what it keeps stays: tried against a folder and a real store with Object Lock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.places.inode_flags import Flag, flags_of
from broker.archive.places.object_lock import LockedBucket
from broker.archive.places.place import Contradicted, Place
from broker.errors import Unavailable
from tests.archive.conftest import KEEPS, bucket_in, release
from tests.fakes.object_store import ObjectStore

FIRST = "segments/000000000001-000000000010.jsonl"
SECOND = "segments/000000000011-000000000020.jsonl"


def test_what_was_put_is_kept(place: Place) -> None:
    """It comes back as it was, locked, once, however often it was put."""
    for _ in range(3):
        place.put(FIRST, b"one\n")
    kept = place.kept(FIRST)
    assert [(each.content, each.locked) for each in kept] == [(b"one\n", True)]


def test_names_come_in_order_and_from_where_one_was(place: Place) -> None:
    """Only those of the folder asked for, each once."""
    for name in (SECOND, FIRST, "checkpoints/000000000010.txt"):
        place.put(name, b"x")
    assert list(place.names("segments")) == [FIRST, SECOND]
    assert list(place.names("segments", FIRST)) == [SECOND]
    assert list(place.names("timestamps")) == []
    assert place.kept("segments/nothing") == []


def test_something_else_under_the_same_name_is_refused(place: Place) -> None:
    """What is there stays, and whoever wanted to replace it is told."""
    place.put(FIRST, b"one\n")
    with pytest.raises(Contradicted, match="something else"):
        place.put(FIRST, b"two\n")
    assert [each.content for each in place.kept(FIRST)] == [b"one\n"]


def test_the_check_tries_to_change_something_and_fails(place: Place) -> None:
    """Each thing that could undo the archive was tried and refused."""
    if isinstance(place, AppendOnlyFolder) and not _binds_root(place):
        pytest.skip("missing: a file system with chattr +a, and root")
    findings = place.check()
    assert all(each.good for each in findings), findings
    assert "refused" in " ".join(each.words for each in findings)
    assert all(each.good for each in place.check())


def _binds_root(folder: AppendOnlyFolder) -> bool:
    folder.put(FIRST, b"one\n")
    return bool(flags_of(folder.root / FIRST) & Flag.IMMUTABLE)


def test_a_folder_that_protects_nothing_is_told_as_that(folder: AppendOnlyFolder) -> None:
    """Where the file was changed after all, the check says so, and mends what it changed."""
    folder.check()
    release(folder.root)
    (folder.root / "check" / "probe.txt").unlink()
    (folder.root / "check").chmod(0o700)
    bare = Unprotected(folder.root)
    findings = bare.check()
    assert [each.good for each in findings] == [False]
    assert "could be overwritten and removed" in findings[0].words


class Unprotected(AppendOnlyFolder):
    """As on a file system without the flags."""

    def put(self, name: str, content: bytes) -> None:
        super().put(name, content)
        release(self.root)
        (self.root / name).chmod(0o600)


@pytest.mark.parametrize("torn", [b"", b"on", b"one\n"])
def test_a_torn_file_is_completed(folder: AppendOnlyFolder, torn: bytes) -> None:
    """What a power cut left is added to and never begun anew."""
    path = folder.root / FIRST
    path.parent.mkdir(parents=True)
    path.write_bytes(torn)
    place = path.stat().st_ino
    folder.put(FIRST, b"one\n")
    assert (path.read_bytes(), path.stat().st_ino) == (b"one\n", place)


def test_a_full_disk_is_told_and_later_made_good(
    folder: AppendOnlyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing says it was archived until all of it is."""
    folder.root.parent.mkdir()
    folder.root.write_text("a file is where the folder should be")
    with pytest.raises(Unavailable, match="cannot be used"):
        folder.put(FIRST, b"one\n")
    folder.root.unlink()
    folder.put(FIRST, b"one\n")
    assert folder.kept(FIRST)[0].content == b"one\n"


def test_a_bucket_without_lock_is_refused(object_store: ObjectStore) -> None:
    """Neither the check nor a write takes it for an archive."""
    plain = bucket_in(object_store, locked=False)
    assert [each.good for each in plain.check()] == [False, False]
    with pytest.raises(Unavailable):
        plain.put(FIRST, b"one\n")


def test_nobody_removes_a_locked_version(bucket: LockedBucket) -> None:
    """Not with the keys that wrote it, nor past governance; and its lock reaches as far as it should."""
    bucket.put(FIRST, b"one\n")
    (kept,) = bucket.kept(FIRST)
    assert kept.locked_until
    assert abs(kept.locked_until - (datetime.now(UTC) + KEEPS)) < timedelta(minutes=1)
    at = {"Bucket": bucket.bucket, "Key": bucket.prefix + FIRST, "VersionId": kept.version}
    for options in ({}, {"BypassGovernanceRetention": True}):
        with pytest.raises(ClientError, match="AccessDenied"):
            bucket.client.delete_object(**at, **options)


def test_a_deletion_hides_nothing(bucket: LockedBucket) -> None:
    """A mark of deletion and a version on top leave what was kept, and its name."""
    bucket.put(FIRST, b"one\n")
    bucket.client.delete_object(Bucket=bucket.bucket, Key=bucket.prefix + FIRST)
    bucket.client.put_object(Bucket=bucket.bucket, Key=bucket.prefix + FIRST, Body=b"two\n")
    assert list(bucket.names("segments")) == [FIRST]
    assert [(each.content, each.locked) for each in bucket.kept(FIRST)] == [
        (b"one\n", True),
        (b"", False),
        (b"two\n", False),
    ]
    bucket.put(FIRST, b"one\n")
    assert len(bucket.kept(FIRST)) == 3


def test_more_names_than_fit_in_one_answer(bucket: LockedBucket) -> None:
    """A store answers a thousand at a time; all are found, and those after a name too."""
    names = [f"segments/{number:012d}-{number:012d}.jsonl" for number in range(1, 1_041)]
    for name in names:
        bucket.client.put_object(Bucket=bucket.bucket, Key=bucket.prefix + name, Body=b"x")
    assert list(bucket.names("segments")) == names
    assert list(bucket.names("segments", names[20])) == names[21:]


def test_a_store_that_is_away_is_told_without_what_was_sent(bucket: LockedBucket) -> None:
    """Unavailable, with words for a person."""
    from dataclasses import replace

    gone = replace(bucket, bucket="no-such-bucket")
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        gone.put(FIRST, b"one\n")
