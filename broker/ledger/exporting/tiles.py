"""The ledger as a folder of tiles: c2sp.org/tlog-tiles, which standard tools read as files or over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from broker.errors import Conflict, Invalid
from broker.ledger.checkpoints.checkpoint import read_checkpoint
from broker.ledger.merkle.proofs import Nodes, root_of
from broker.ledger.merkle.tiled import TILE
from broker.ledger.signing.note import signatures_of
from broker.ledger.verifying.walk import StoredEntry

_ENTRIES: Final = "entries"


class Tiles(Nodes, Protocol):
    """Where the hashes come from; ``tile``: the first ``width`` of tile ``number`` in ``row``, 32 bytes each."""

    def tile(self, row: int, number: int, width: int = TILE) -> list[bytes]: ...


EntriesAfter = Callable[[int], Iterable[StoredEntry]]
"""The entries after a seq, in order."""


def write_tiles(folder: Path, note: str, size: int, hashes: Tiles, entries: EntriesAfter) -> int:
    """Bring the folder up to the checkpoint ``note`` of ``size`` entries; answers how many files were added.

    Whole tiles are never rewritten, the checkpoint comes last: whoever reads
    meanwhile, or after this was broken off, finds all that the old checkpoint
    counts. Raises Conflict when the folder is of another ledger or of a later time.
    """
    _check_same(folder, note, size, hashes)
    added = 0
    for row, number, width in _tiles(size):
        added += _add(_path(folder, str(row), number, width), partial(_joined, hashes, row, number, width))
    added += _write_bundles(folder, size, entries)
    _replace(folder / "checkpoint", note.encode())
    return added


def _tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Row, number and width of every tile of a tree, the partial one of each row last."""
    row = 0
    while size:
        yield from ((row, number, TILE) for number in range(size // TILE))
        if size % TILE:
            yield row, size // TILE, size % TILE
        size, row = size // TILE, row + 1


def _write_bundles(folder: Path, size: int, entries: EntriesAfter) -> int:
    missing = next((n for n, w in _bundles(size) if not _path(folder, _ENTRIES, n, w).exists()), None)
    if missing is None:
        return 0
    added, stream = 0, iter(entries(missing * TILE))
    for number, width in _bundles(size, missing):
        some = list(islice(stream, width))
        added += _add(
            _path(folder, _ENTRIES, number, width), partial(b"".join, [_framed(each) for each in some])
        )
    return added


def _joined(hashes: Tiles, row: int, number: int, width: int) -> bytes:
    return b"".join(hashes.tile(row, number, width))


def _bundles(size: int, first: int = 0) -> Iterator[tuple[int, int]]:
    yield from ((number, TILE) for number in range(first, size // TILE))
    if size % TILE:
        yield size // TILE, size % TILE


def _framed(entry: StoredEntry) -> bytes:
    return len(entry.body).to_bytes(2, "big") + entry.body


def _path(folder: Path, row: str, number: int, width: int) -> Path:
    """Such as ``tile/0/x001/234`` for tile 1234, and with ``.p/7`` while it is 7 wide."""
    digits = f"{number % 1000:03}"
    while number := number // 1000:
        digits = f"x{number % 1000:03}/{digits}"
    return folder / "tile" / row / (digits if width == TILE else f"{digits}.p/{width}")


def _add(path: Path, content: Callable[[], bytes]) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, content())
    return True


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, also for whoever reads at this moment."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _check_same(folder: Path, note: str, size: int, hashes: Tiles) -> None:
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
    checkpoint = folder / "checkpoint"
    if not checkpoint.exists():
        if any(folder.iterdir()) and not (folder / "tile").is_dir():
            raise Conflict(
                f"{folder} holds something else, so nothing was written.", help="Name another folder."
            )
        return
    try:
        text, _ = signatures_of(checkpoint.read_text(encoding="utf-8"))
        old = read_checkpoint(text, note.split("\n", maxsplit=1)[0])
        same = old.size <= size and root_of(hashes, old.size) == old.root
    except (Invalid, UnicodeDecodeError):
        same = False
    if not same:
        raise Conflict(
            f"{folder} holds another ledger, or more of this one, so nothing was written.",
            help="Name another folder. If it should be this ledger, run: broker audit verify",
        )
