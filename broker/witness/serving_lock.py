"""While a broker is served, its ledger's key must not be changed under it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from broker.errors import Conflict

_FILE = "serving.lock"


def serves(folder: Path) -> IO[str] | None:
    """Hold the lock of those who serve until the file that is answered is closed, or the process ends.

    None where no file can be opened: access must end from a folder that cannot be written, too.
    """
    try:
        file = (folder / _FILE).open("a")
    except OSError:
        return None
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


@contextmanager
def nobody_serves(folder: Path) -> Iterator[None]:
    """Raises Conflict while a broker is served on this folder, and keeps others from starting meanwhile."""
    with (folder / _FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "A broker is being served on this folder, and would go on signing by the former key.",
                help="Stop it, then run this again.",
            ) from error
        yield
