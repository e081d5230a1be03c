"""A file that was not there before, and is not there afterwards when anything fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from broker.errors import Conflict, Invalid


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Readable by its owner alone. Raises Conflict when something is there, Invalid when nothing can be put there."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict(
            f"{path} is there already, so nothing was drawn.", help="Name another file."
        ) from error
    except OSError as error:
        words = f"{path} cannot be written: {error.strerror}."
        raise Invalid(words, help="Name a file in a folder of your own.") from error
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
    except BaseException:
        path.unlink()
        raise
