"""Time-stamps of an authority that is not ours, kept beside the checkpoint and read without it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.archive.choose import open_stamping
from broker.archive.copying.rounds import Archiving
from broker.archive.copying.standing import standings
from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.places.place import checkpoint_name, stamp_name
from broker.archive.settings import ArchiveSettings
from broker.archive.time_stamps import ask_for_stamp, check_stamp, read_roots
from broker.errors import ConfigurationError, Invalid, Unavailable
from tests.archive.conftest import Written
from tests.fakes.time_authority import Authority, make_authority, serving

SAID = b"broker.example/ledger\n10\nroot\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture
def authority(made: Authority) -> Iterator[Authority]:
    with serving(made):
        made.answers = None
        made.asked.clear()
        yield made


def test_a_stamp_says_when(authority: Authority) -> None:
    """By the authority's clock, checked under its root, and checked again without it."""
    roots = read_roots(authority.root)
    stamp = ask_for_stamp(authority.url, SAID, roots)
    assert abs(check_stamp(stamp, SAID, roots) - datetime.now(UTC)) < timedelta(minutes=1)
    assert SAID not in authority.asked[0]


def test_another_tool_reads_the_stamp(authority: Authority, tmp_path: Path) -> None:
    """OpenSSL verifies what was kept."""
    (tmp_path / "stamp").write_bytes(ask_for_stamp(authority.url, SAID, read_roots(authority.root)))
    (tmp_path / "said").write_bytes(SAID)
    words = ["openssl", "ts", "-verify", "-in", "stamp", "-data", "said", "-CAfile", str(authority.root)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout + done.stderr


def test_a_stamp_of_something_else_is_refused(authority: Authority) -> None:
    """It vouches for those bytes alone."""
    roots = read_roots(authority.root)
    stamp = ask_for_stamp(authority.url, SAID, roots)
    with pytest.raises(Invalid):
        check_stamp(stamp, SAID + b" ", roots)


def test_an_authority_nobody_trusts_is_refused(authority: Authority, tmp_path: Path) -> None:
    """Its root is not the one in the settings."""
    other = make_authority(tmp_path / "other")
    with pytest.raises(Unavailable, match="not kept"):
        ask_for_stamp(authority.url, SAID, read_roots(other.root))


def test_a_replayed_answer_is_refused(authority: Authority) -> None:
    """It carries the nonce of another query, even for the same bytes."""
    roots = read_roots(authority.root)
    authority.answers = (200, ask_for_stamp(authority.url, SAID, roots))
    with pytest.raises(Unavailable, match="not kept"):
        ask_for_stamp(authority.url, SAID, roots)


@pytest.mark.parametrize(
    "answers", [(200, b""), (200, b"<html>"), (200, b"0" * 200_000), (500, b"down"), (302, b"")]
)
def test_nonsense_is_no_stamp(authority: Authority, answers: tuple[int, bytes]) -> None:
    """Whatever the authority answers instead of one."""
    authority.answers = answers
    with pytest.raises(Unavailable):
        ask_for_stamp(authority.url, SAID, read_roots(authority.root))


def test_every_flipped_byte_of_a_stamp_is_noticed(authority: Authority) -> None:
    """In what the signature covers: a flip never makes another time out of it."""
    roots = read_roots(authority.root)
    stamp = ask_for_stamp(authority.url, SAID, roots)
    when = check_stamp(stamp, SAID, roots)
    for place in range(0, len(stamp), 37):
        spoilt = bytearray(stamp)
        spoilt[place] ^= 1
        try:
            assert check_stamp(bytes(spoilt), SAID, roots) == when
        except Invalid:
            continue


def test_each_checkpoint_of_the_archive_is_stamped_once(
    written: Written, folder: AppendOnlyFolder, authority: Authority
) -> None:
    """Beside it lies when the authority saw it."""
    settings = ArchiveSettings(timestamp_url=authority.url, timestamp_ca_file=authority.root)
    archiving = Archiving(written.source, (folder,), open_stamping(settings))
    for _ in range(3):
        archiving.round()
    checkpoint, stamp = (folder.kept(name)[0].content for name in (checkpoint_name(10), stamp_name(10)))
    check_stamp(stamp, checkpoint, read_roots(authority.root))
    assert len(authority.asked) == 1


def test_an_authority_that_is_away_holds_nothing_up(
    written: Written, folder: AppendOnlyFolder, authority: Authority
) -> None:
    """The archive goes on, the fault is written down, and the stamp comes with a later round."""
    settings = ArchiveSettings(timestamp_url=authority.url, timestamp_ca_file=authority.root)
    archiving = Archiving(written.source, (folder,), open_stamping(settings))
    authority.answers = (503, b"")
    assert archiving.archive(folder) == 10
    with written.store.read() as reader:
        (stands,) = standings(reader)
    assert (stands.stamped_size, stands.fault) == (0, None)
    assert "time-stamping authority" in (stands.stamp_fault or "")
    authority.answers = None
    archiving.archive(folder)
    with written.store.read() as reader:
        assert [(each.stamped_size, each.stamp_fault) for each in standings(reader)] == [(10, None)]


def test_without_a_root_there_is_no_stamping(tmp_path: Path) -> None:
    """Anybody could have made such a stamp, so the settings are refused."""
    with pytest.raises(ConfigurationError, match="which time-stamping authority to believe"):
        open_stamping(ArchiveSettings(timestamp_url="http://127.0.0.1:9/"))
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(ConfigurationError):
        open_stamping(ArchiveSettings(timestamp_ca_file=tmp_path / "empty.pem"))
    assert open_stamping(ArchiveSettings()) is None
