"""The folder where ends wait: shared by processes, safe on a full disk, whole after any kill."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.access.late.folder_spool import FILE, REFUSED, FolderSpool
from broker.access.late.record import Late, ended
from tests.fakes.small_disk import small_disk
from tests.fakes.spooled import KEY, ROOM

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def an_end(number: int = 1) -> Late:
    return ended(f"grant_{number}", "handed_back", actor="person_1", at=NOON, now=NOON)


def keep(spool: FolderSpool, *records: Late) -> bool:
    return spool.keep(lambda _waiting: records)


def test_what_one_process_keeps_the_others_know_at_once(tmp_path: Path) -> None:
    """Each look sees the last end, and its disappearance once it is written down."""
    here, there = FolderSpool(tmp_path, KEY, ROOM), FolderSpool(tmp_path, KEY, ROOM)
    assert there.ended() == {}
    for number in range(20):
        assert keep(here, an_end(number))
        assert f"grant_{number}" in there.ended()
    there.forget(there.waiting())
    assert here.ended() == {}
    assert keep(there, an_end(99))
    assert set(here.ended()) == {"grant_99"}


def test_what_was_added_meanwhile_is_not_forgotten(tmp_path: Path) -> None:
    """Whoever wrote down what it saw does not lose what came after."""
    here, there = FolderSpool(tmp_path, KEY, ROOM), FolderSpool(tmp_path, KEY, ROOM)
    keep(here, an_end(1))
    seen = here.waiting()
    keep(there, an_end(2))
    here.forget(seen)
    assert set(here.ended()) == {"grant_1", "grant_2"}
    here.forget(here.waiting())
    assert there.ended() == {}


def test_it_outlives_the_process(tmp_path: Path) -> None:
    """Kept means on the disk."""
    keep(FolderSpool(tmp_path, KEY, ROOM), an_end())
    assert set(FolderSpool(tmp_path, KEY, ROOM).ended()) == {"grant_1"}


def test_an_unfinished_line_is_mended_by_the_next(tmp_path: Path) -> None:
    """A power cut in the middle of a line costs that line alone."""
    spool = FolderSpool(tmp_path, KEY, ROOM)
    keep(spool, an_end(1))
    content = (tmp_path / FILE).read_bytes().rstrip(b"\0")
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(len(content))
        file.write(content[: len(content) // 2])
    again = FolderSpool(tmp_path, KEY, ROOM)
    assert keep(again, an_end(2))
    assert set(again.ended()) == {"grant_1", "grant_2"}
    assert (again.waiting().refused, again.waiting().gaps) == ((), 0)


def test_a_line_somebody_else_wrote_is_kept_as_evidence(tmp_path: Path) -> None:
    """It ends nothing, and it is not thrown away with the rest."""
    spool = FolderSpool(tmp_path, KEY, ROOM)
    keep(FolderSpool(tmp_path, bytes(32), ROOM), an_end(1))
    assert spool.ended() == {}
    assert len(spool.waiting().refused) == 1
    spool.forget(spool.waiting())
    assert spool.refused()
    assert b"grant_1" in (tmp_path / REFUSED).read_bytes()
    assert spool.waiting().refused == ()


def test_a_full_disk_takes_ends_until_the_kept_room_is_used(tmp_path: Path) -> None:
    """Room was taken at the start; what does not fit any more is held in memory, and this process knows it."""
    with small_disk(tmp_path / "disk", 256 * 1024) as disk:
        spool = FolderSpool(disk / "spool", KEY, room=16 * 1024)
        with pytest.raises(OSError, match="No space"):
            (disk / "rest").write_bytes(bytes(1024 * 1024))
        fits = [keep(spool, an_end(number)) for number in range(80)]
        assert fits[:30] == [True] * 30
        assert not fits[-1]
        assert len(spool.ended()) == 80
        on_disk = FolderSpool(disk / "spool", KEY, room=1).ended()
        assert len(on_disk) >= fits.count(True)
        (disk / "rest").unlink()
        assert keep(spool, an_end(80))
        assert len(FolderSpool(disk / "spool", KEY, room=1).ended()) == 81


def test_a_folder_that_cannot_be_used_is_no_reason_to_fail(tmp_path: Path) -> None:
    """A file in its place: the end is held in memory, and whoever asks is told that it may be lost."""
    (tmp_path / "spool").write_text("in the way")
    spool = FolderSpool(tmp_path / "spool", KEY, ROOM)
    assert not spool.ready()
    assert not keep(spool, an_end())
    assert set(spool.ended()) == {"grant_1"}
    (tmp_path / "spool").unlink()
    assert keep(spool)
    assert set(FolderSpool(tmp_path / "spool", KEY, ROOM).ended()) == {"grant_1"}


def test_a_process_killed_while_it_writes_leaves_every_answered_end(tmp_path: Path) -> None:
    """SIGKILL at any moment: what was answered as kept is there, the file is readable, others go on."""
    script = textwrap.dedent(
        f"""
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from broker.access.late.folder_spool import FolderSpool
        from broker.access.late.record import ended
        spool, now = FolderSpool(Path({str(tmp_path)!r}), bytes(range(32))), datetime.now(UTC)
        number = 0
        while True:
            end = ended(f"grant_{{sys.argv[1]}}_{{number}}", "expired", actor="broker", at=now, now=now)
            if spool.keep(lambda _: [end]):
                print(end.about, flush=True)
            number += 1
        """
    )
    root = Path(__file__).resolve().parents[3]
    answered: set[str] = set()
    for turn in range(3):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", script, f"{turn}{name}"],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(root)},
            )
            for name in "ab"
        ]
        for writer in writers:
            assert writer.stdout
            answered.update(writer.stdout.readline().strip() for _ in range(30))
        for writer in writers:
            writer.kill()
            assert writer.stdout
            answered.update(line.strip() for line in writer.stdout if line.endswith("\n"))
            writer.wait()
            writer.stdout.close()
    spool = FolderSpool(tmp_path, KEY)
    assert answered <= set(spool.ended())
    assert (spool.waiting().refused, spool.waiting().gaps) == ((), 0)


def test_only_the_broker_may_read_it(tmp_path: Path) -> None:
    """Who ended what is nobody else's business."""
    keep(FolderSpool(tmp_path / "spool", KEY, ROOM), an_end())
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert (tmp_path / "spool" / FILE).stat().st_mode & 0o077 == 0
