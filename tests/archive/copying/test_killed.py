"""Archiving in a process of its own that is killed, or cannot write to its end: what is left is always gone on from."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from broker.archive.copying.copy_on import copy_on
from broker.archive.places.folder import AppendOnlyFolder
from broker.archive.reading.rebuild import rebuild
from broker.store import Store
from tests.archive.conftest import Written

ONE_ENTRY_AN_OBJECT = """
import sys
from pathlib import Path
from broker.archive.copying.copy_on import Source, copy_on
from broker.archive.places.folder import AppendOnlyFolder
from broker.clock import SystemClock
from broker.ledger.checkpoints.checkpoint import parse_checkpoint
from broker.ledger.signing.keys import load
from broker.store import Store
from broker.store.engine import open_engine

url, key, note, root = sys.argv[1:]
public, said = load(Path(key)).public, Path(note).read_text()
source = Source(Store(open_engine(url), SystemClock()), public, lambda: (said, parse_checkpoint(said, public)))
print("begins", flush=True)
copy_on(source, AppendOnlyFolder(Path(root)), most=1)
"""

PUT = """
import sys
from pathlib import Path
from broker.archive.places.folder import AppendOnlyFolder
from broker.errors import Unavailable

root, name, length = sys.argv[1:]
try:
    AppendOnlyFolder(Path(root)).put(name, b"x" * int(length))
except Unavailable as error:
    print(error)
"""


def _begin(
    written: Written, folder: AppendOnlyFolder, tmp_path: Path, **limits: object
) -> subprocess.Popen[str]:
    assert written.last
    (tmp_path / "note").write_text(written.last[0])
    url = written.store.engine.url.render_as_string(hide_password=False)
    words = [
        sys.executable,
        "-c",
        ONE_ENTRY_AN_OBJECT,
        url,
        tmp_path / "ledger.key",
        tmp_path / "note",
        folder.root,
    ]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    return subprocess.Popen([str(word) for word in words], **streams, **limits)  # type: ignore[call-overload, no-any-return]


def test_killed_at_any_moment_nothing_is_lost_or_doubled(
    sqlite_store: Store, written: Written, folder: AppendOnlyFolder, tmp_path: Path
) -> None:
    """Ten times over, a little later each time; afterwards one more round makes it whole."""
    written.grow(190)
    written.vouch()
    counts = []
    for number in range(10):
        with _begin(written, folder, tmp_path) as process:
            assert process.stdout
            assert process.stdout.readline() == "begins\n"
            time.sleep(number * 0.03)
            process.send_signal(signal.SIGKILL)
        counts.append(len(list(folder.names("segments"))))
    assert counts == sorted(counts)
    assert any(0 < count < 200 for count in counts), counts
    copy_on(written.source, folder, most=50)
    found = rebuild(folder, written.key.public, tmp_path / "export", at=datetime.now(UTC))
    assert (found.ok, found.faults, found.point.size) == (True, [], 200)
    assert sqlite_store is written.store


def test_a_disk_that_takes_half_of_an_object(folder: AppendOnlyFolder, tmp_path: Path) -> None:
    """It is told, what stands there is torn, and it is completed in place once there is room."""
    content, name = b"x" * 5_000, "segments/000000000001-000000000001.jsonl"
    words = [sys.executable, "-c", PUT, str(folder.root), name, str(len(content))]
    done = subprocess.run(words, capture_output=True, text=True, check=False, preexec_fn=_room_for_700)
    assert "cannot be used: File too large" in done.stdout
    assert (folder.root / name).read_bytes() == content[:700]
    folder.put(name, content)
    assert folder.kept(name)[0].content == content


def _room_for_700() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))
