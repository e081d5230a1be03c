"""The folder another log's tools read, rebuilt here from the specification alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from broker.errors import Conflict
from broker.ledger.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from broker.ledger.exporting.tiles import write_tiles
from broker.ledger.merkle.tree import CompactRange, fold
from broker.ledger.signing.keys import SigningKey
from broker.ledger.verifying.walk import StoredEntry

SIZE = 600


class Memory:
    """A tree whose leaves are in memory; remembers which tiles it was asked for."""

    def __init__(self, entries: list[StoredEntry]) -> None:
        self.leaves = [bytes.fromhex(each.digest) for each in entries]
        self.asked: list[tuple[int, int]] = []

    def hash_at(self, level: int, index: int) -> bytes:
        return fold(self.leaves[index << level : (index + 1) << level])

    def tile(self, row: int, number: int, width: int = 256) -> list[bytes]:
        self.asked.append((row, number))
        return [self.hash_at(8 * row, number * 256 + place) for place in range(width)]


@pytest.fixture(scope="module")
def entries(chain_of: Callable) -> list[StoredEntry]:
    return chain_of(SIZE)


def note_of(entries: list[StoredEntry], key: SigningKey, size: int) -> str:
    tree = CompactRange()
    for entry in entries[:size]:
        tree.append(bytes.fromhex(entry.digest))
    return sign_checkpoint(key, Checkpoint(size, tree.root()))


@pytest.fixture
def write(entries: list[StoredEntry], key: SigningKey, tmp_path: Path) -> Callable[..., int]:
    def run(size: int, tree: Memory | None = None) -> int:
        note = note_of(entries, key, size)
        return write_tiles(
            tmp_path / "log", note, size, tree or Memory(entries), lambda after: entries[after:size]
        )

    return run


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def sizes_and_tiles() -> dict[int, set[str]]:
    return {
        1: {"checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"},
        255: {"checkpoint", "tile/0/000.p/255", "tile/entries/000.p/255"},
        256: {"checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"},
        SIZE: {
            *("checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"),
            *("tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"),
        },
    }


@pytest.mark.parametrize("size", sizes_and_tiles())
def test_a_tree_is_cut_into_the_tiles_the_specification_names(
    write: Callable, tmp_path: Path, size: int
) -> None:
    """Whole tiles, one partial tile a row, nothing empty."""
    write(size)
    assert files(tmp_path / "log") == sizes_and_tiles()[size]


def test_who_reads_the_tiles_finds_the_root_and_every_entry(
    write: Callable, entries: list[StoredEntry], tmp_path: Path
) -> None:
    """Entries by their length, each hashing to its leaf, the leaves to the row above, and all to the checkpoint."""
    write(SIZE)
    tile = tmp_path / "log" / "tile"
    bundles = b"".join((tile / "entries" / name).read_bytes() for name in ("000", "001", "002.p/88"))
    bodies = []
    while bundles:
        length = int.from_bytes(bundles[:2], "big")
        bodies.append(bundles[2 : 2 + length])
        bundles = bundles[2 + length :]
    assert bodies == [entry.body for entry in entries]
    level = b"".join((tile / "0" / name).read_bytes() for name in ("000", "001", "002.p/88"))
    assert level == b"".join(hashlib.sha256(b"\0" + body).digest() for body in bodies)
    above = (tile / "1" / "000.p" / "2").read_bytes()
    leaves = [level[at : at + 32] for at in range(0, len(level), 32)]
    assert above == fold(leaves[:256]) + fold(leaves[256:512])


def test_the_folder_grows_and_whole_tiles_stay(
    write: Callable, entries: list[StoredEntry], tmp_path: Path
) -> None:
    """Run again it adds what is new, asks for no whole tile twice, and at the same size does nothing."""
    write(300)
    before = {name: (tmp_path / "log" / name).stat().st_mtime_ns for name in files(tmp_path / "log")}
    tree = Memory(entries)
    assert write(SIZE, tree) == 5
    assert (0, 0) not in tree.asked
    for name in ("tile/0/000", "tile/entries/000", "tile/0/001.p/44"):
        assert (tmp_path / "log" / name).stat().st_mtime_ns == before[name]
    assert write(SIZE) == 0


def test_what_was_broken_off_is_made_good(write: Callable, tmp_path: Path) -> None:
    """A file lost or half written under another name is written the next time; the checkpoint came last."""
    write(300)
    (tmp_path / "log" / "tile" / "entries" / "000").unlink()
    (tmp_path / "log" / "tile" / "0" / "001.p" / "44.new").write_bytes(b"half")
    assert write(300) == 1
    assert (tmp_path / "log" / "tile" / "entries" / "000").exists()


def test_a_smaller_ledger_or_another_history_is_refused(
    write: Callable, entries: list[StoredEntry], tmp_path: Path
) -> None:
    """What was published is never overwritten by what does not go on from it."""
    write(300)
    before = {name: (tmp_path / "log" / name).read_bytes() for name in files(tmp_path / "log")}
    with pytest.raises(Conflict, match="more of this one"):
        write(299)
    with pytest.raises(Conflict, match="another ledger"):
        write(SIZE, Memory([entries[1], entries[0], *entries[2:]]))
    assert {name: (tmp_path / "log" / name).read_bytes() for name in files(tmp_path / "log")} == before


def test_a_folder_of_something_else_is_left_alone(write: Callable, tmp_path: Path) -> None:
    """Nothing is mixed into it."""
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "diary").touch()
    with pytest.raises(Conflict, match="holds something else"):
        write(1)
    assert files(tmp_path / "log") == {"diary"}


def test_a_large_ledgers_tiles_have_their_number_in_threes() -> None:
    """As the specification writes them."""
    from broker.ledger.exporting.tiles import _path

    assert _path(Path(), "0", 1234067, 256) == Path("tile/0/x001/x234/067")
    assert _path(Path(), "entries", 999, 7) == Path("tile/entries/999.p/7")
    assert _path(Path(), "2", 1000, 256) == Path("tile/2/x001/000")
