"""``broker archive``: run, tried and verified from a shell, against a folder and a real store with Object Lock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.conftest import release
from tests.cli.shell import Shell
from tests.cli.test_audit_file import as_owner
from tests.fakes.object_store import ObjectStore
from tests.fakes.time_authority import make_authority, serving

CUT_OFF = (
    "DELETE FROM ledger_entries WHERE seq > 5",
    "UPDATE ledger_head SET (seq, digest, at) = (SELECT seq, digest, at FROM ledger_entries WHERE seq = 5)",
)


@pytest.fixture
def archiving(demo_shell: Shell) -> Iterator[Shell]:
    """A demo that archives into a folder."""
    demo_shell.settings["BROKER_ARCHIVE_DIR"] = str(demo_shell.folder / "archive")
    yield demo_shell
    release(demo_shell.folder / "archive")


def test_nothing_is_archived_until_somebody_says_where(demo_shell: Shell) -> None:
    """And that is what the command says."""
    done = demo_shell.run("archive", "run")
    assert done.returncode == 1
    assert "archived nowhere" in done.stderr
    assert "BROKER_ARCHIVE_DIR" in done.stderr


def test_a_ledger_is_archived_and_verified(archiving: Shell) -> None:
    """Twice over nothing is added, and the export that is made of it is one that `audit verify` reads."""
    first, second = archiving.run("archive", "run"), archiving.run("archive", "run")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "0 entries added" in second.stdout
    verified = archiving.run("archive", "verify", "--export", archiving.folder / "export")
    assert (verified.returncode, "ok" in verified.stdout) == (0, True)
    assert "WRONG" not in verified.stdout
    read = archiving.run("audit", "verify", "--export", "export", "--public-key", "var/keys/ledger.pub")
    assert read.returncode == 0


def test_an_outsider_needs_a_copy_and_the_key(
    archiving: Shell, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On another machine, without a database: whole, and after an edit not whole."""
    archiving.run("archive", "run")
    outside = tmp_path_factory.mktemp("outside")
    release(archiving.folder / "archive")
    shutil.copytree(archiving.folder / "archive", outside / "copy")
    shutil.copy(archiving.state / "keys" / "ledger.pub", outside)
    words = ("archive", "verify", "--folder", "copy", "--public-key", "ledger.pub")
    outsider = Shell(outside)
    assert outsider.run(*words).returncode == 0
    assert not (outside / "var").exists()
    (segment,) = (outside / "copy").glob("*/segments/*")
    segment.chmod(0o600)
    segment.write_bytes(segment.read_bytes().replace(b"demo", b"Demo", 1))
    spoilt = outsider.run(*words)
    assert spoilt.returncode == 1
    assert "is damaged" in spoilt.stdout
    assert outsider.run(*words[:4]).returncode == 2


def test_a_database_set_back_is_found_by_its_archive(archiving: Shell) -> None:
    """Even with the file of checkpoints gone with it: `run` and `verify` both say what is missing, and doctor keeps saying it."""
    archiving.run("archive", "run")
    as_owner(archiving, *CUT_OFF, "DELETE FROM archives")
    shutil.rmtree(archiving.state / "heads")
    ran, verified = archiving.run("archive", "run"), archiving.run("archive", "verify")
    assert (ran.returncode, verified.returncode) == (1, 1)
    assert "the ledger has 5" in ran.stderr
    # One more by now: that the two contradict each other.
    assert "the database has 6" in verified.stdout
    assert archiving.rows("SELECT event FROM ledger_entries WHERE seq > 5") == [("archive.contradicted",)]
    assert "holds" in archiving.run("doctor").stdout


def test_doctor_tells_of_archives(archiving: Shell) -> None:
    """How far they are, and what is wrong with one that cannot be written."""
    archiving.run("archive", "run")
    assert "ok     the archive folder" in archiving.run("doctor").stdout
    (archiving.folder / "elsewhere").write_text("no folder")
    broken = archiving.run("archive", "run", archive_dir=archiving.folder / "elsewhere")
    assert broken.returncode == 1
    told = archiving.run("doctor", archive_dir=archiving.folder / "elsewhere")
    assert told.returncode == 1
    assert "WRONG  the archive folder" in told.stdout


def test_a_bucket_is_tried_and_takes_the_ledger(archiving: Shell, object_store: ObjectStore) -> None:
    """With Object Lock every try to undo fails; without it the bucket is refused."""
    bucket = {
        "archive_endpoint": object_store.url,
        "archive_access_key": object_store.key,
        "archive_secret_key": object_store.secret,
        "archive_region": "us-east-1",
        "archive_prefix": "clinic/",
    }
    locked = bucket | {"archive_bucket": object_store.make_bucket()}
    tried = archiving.run("archive", "check", archive_dir="", **locked)
    assert (tried.returncode, tried.stdout.count("refused")) == (0, 4), tried.stdout
    assert archiving.run("archive", "run", **locked).returncode == 0
    verified = archiving.run("archive", "verify", **locked)
    assert verified.returncode == 0
    assert verified.stdout.count("ok") == 2
    plain = bucket | {"archive_bucket": object_store.make_bucket(locked=False), "archive_dir": ""}
    refused = archiving.run("archive", "check", **plain)
    assert (refused.returncode, "no Object Lock" in refused.stdout) == (1, True)
    assert archiving.run("archive", "run", **plain).returncode == 1


def test_time_stamps_are_kept_and_read(archiving: Shell, tmp_path: Path) -> None:
    """Without the authority they still say when; with another root they say nothing."""
    with serving(make_authority(tmp_path / "authority")) as authority:
        stamped = {"timestamp_url": authority.url, "timestamp_ca_file": authority.root}
        assert archiving.run("archive", "run", **stamped).returncode == 0
    verified = archiving.run("archive", "verify", timestamp_ca_file=authority.root)
    assert (verified.returncode, "1 time-stamp fit" in verified.stdout) == (0, True)
    other = make_authority(tmp_path / "other")
    refused = archiving.run("archive", "verify", timestamp_ca_file=other.root)
    assert (refused.returncode, "no time-stamp of its checkpoint" in refused.stdout) == (1, True)
