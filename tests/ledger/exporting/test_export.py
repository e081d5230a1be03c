from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from broker.errors import BrokerError, ConfigurationError, Conflict, Invalid
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.checkpoints.notes import read_notes
from broker.ledger.exporting.export import Title, verify_export, write_export
from broker.ledger.signing.keys import SigningKey, generate
from broker.ledger.snapshot import snapshot
from broker.ledger.verifying.faults import Kind, Report
from broker.store import Store


@pytest.fixture
def file(store: Store, append: Callable, tmp_path: Path, key: SigningKey) -> Path:
    """An export of six entries with checkpoints signed at two and at five."""
    keeper = CheckpointKeeper(tmp_path / "heads", key)
    for count in (2, 3):
        append(store, count)
        keeper.keep(store)
    append(store, 1)
    path = tmp_path / "ledger.jsonl"
    with snapshot(store) as look:
        count = write_export(path, Title(key.public, look.head()), read_notes(keeper.path), look.entries())
    assert count == 6
    return path


def found(report: Report) -> list[tuple[Kind, int | None]]:
    return [(fault.kind, fault.seq) for fault in report.faults]


def edit(file: Path, change: Callable[[list[str]], None]) -> None:
    lines = file.read_text().splitlines(keepends=True)
    change(lines)
    file.write_text("".join(lines))


def test_an_export_is_whole_by_itself(file: Path, key: SigningKey) -> None:
    """Key, checkpoints and entries in one file, readable by its owner alone, give a clean report."""
    report = verify_export(file, key=key.public)
    assert report.ok
    assert (report.entries, report.checkpoints, report.beyond_checkpoints) == (6, 2, 1)
    assert verify_export(file) == report
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_export_is_made_of_the_stored_bodies(file: Path, store: Store) -> None:
    """Each entry's line holds its body verbatim."""
    with snapshot(store) as look:
        bodies = [entry.body.decode() for entry in look.entries()]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["body"] for line in lines if "body" in line] == bodies


def test_another_key_than_the_readers_is_refused(file: Path, tmp_path: Path) -> None:
    """An export that brings its own key does not pass when the reader holds the true one."""
    with pytest.raises(ConfigurationError, match="another public key"):
        verify_export(file, key=generate(tmp_path / "other", "broker.example/ledger").public)


def test_an_edited_line_is_found(file: Path) -> None:
    """The entry on that line is named."""
    edit(file, lambda lines: lines.__setitem__(4, lines[4].replace("person_a", "person_x")))
    assert found(verify_export(file)) == [(Kind.EDITED_BODY, 2)]


def test_a_line_that_is_no_entry_is_found(file: Path) -> None:
    """Rubbish in place of an entry is a damaged entry, not the end of the check."""
    edit(file, lambda lines: lines.__setitem__(4, "rubbish\n"))
    assert found(verify_export(file)) == [(Kind.EDITED_BODY, 2)]
    edit(file, lambda lines: lines.__setitem__(4, '{"body":"\\ud800","digest":1}\n'))
    assert found(verify_export(file)) == [(Kind.EDITED_BODY, 2)]


def test_a_deleted_line_is_found(file: Path) -> None:
    """The gap is named."""
    edit(file, lambda lines: lines.pop(4))
    assert found(verify_export(file)) == [(Kind.GAP, 2)]


def test_a_cut_export_is_found(file: Path) -> None:
    """The checkpoint and the head in the first line both tell of the missing end."""
    edit(file, lambda lines: lines.__delitem__(slice(6, None)))
    assert found(verify_export(file)) == [(Kind.TRUNCATED, 4), (Kind.HEAD_MISMATCH, 3)]


def test_a_forged_head_is_found(file: Path) -> None:
    """A head whose text was changed has a bad signature."""
    edit(file, lambda lines: lines.__setitem__(1, lines[1].replace(r"\n2\n", r"\n1\n")))
    assert found(verify_export(file)) == [(Kind.BAD_CHECKPOINT, None)]


def test_heads_the_reader_kept_take_the_place_of_those_inside(file: Path, tmp_path: Path) -> None:
    """An export without its later head is caught by the copy an outsider kept."""
    kept = list(read_notes(tmp_path / "heads"))
    edit(file, lambda lines: [lines.pop(2), *[lines.pop() for _ in range(2)]])
    title = json.loads(file.read_text().splitlines()[0])
    last = json.loads(json.loads(file.read_text().splitlines()[-1])["body"])
    title["head"] = {
        "seq": 4,
        "digest": json.loads(file.read_text().splitlines()[-1])["digest"],
        "at": last["at"],
    }
    edit(file, lambda lines: lines.__setitem__(0, json.dumps(title) + "\n"))
    assert verify_export(file).ok
    assert found(verify_export(file, notes=kept)) == [(Kind.TRUNCATED, 5)]


@pytest.mark.parametrize(
    "first", ["", "{}\n", "rubbish\n", "[]\n", '{"format":"broker-ledger-export/1","head":{"x":1}}\n']
)
def test_another_file_is_no_export(tmp_path: Path, first: str) -> None:
    """A file that does not begin as an export is refused in words."""
    (tmp_path / "file").write_text(first)
    with pytest.raises(BrokerError, match=r"not an export|not a ledger key|damaged"):
        verify_export(tmp_path / "file")


def test_an_export_never_replaces_a_file(file: Path, key: SigningKey) -> None:
    """What is there already stays."""
    before = file.read_bytes()
    with pytest.raises(Conflict, match="is there already"):
        write_export(file, Title(key.public, None), [], [])
    assert file.read_bytes() == before


def test_a_broken_off_export_leaves_no_file(tmp_path: Path, key: SigningKey) -> None:
    """Half an export, which looks like a truncated ledger, is removed."""

    def entries():
        yield from ()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_export(tmp_path / "file", Title(key.public, None), [], entries())
    assert not (tmp_path / "file").exists()


def test_a_folder_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, key: SigningKey) -> None:
    """Nothing is made, and the sentence names the file."""
    with pytest.raises(Invalid, match="cannot be written"):
        write_export(tmp_path / "nowhere" / "ledger.jsonl", Title(key.public, None), (), ())
    assert list(tmp_path.glob("nowhere*")) == []
