"""The files secret keys lie in: one line each, made once, readable by their owner alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from broker.errors import ConfigurationError, Unavailable


def write_secret_line(path: Path, secret_text: str, what: str) -> None:
    """Raises ConfigurationError when something is at ``path`` already: a key that signed is never replaced.

    ``what`` names the key in sentences, such as ``ledger key``.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is there already, so no {what} was made.", help="Keep it, or name another file."
        ) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(secret_text + "\n")
        file.flush()
        os.fsync(descriptor)


def read_secret_line(path: Path, what: str) -> str:
    """What was written there. Raises Unavailable without a file, ConfigurationError for one that is not safe."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read()
    except FileNotFoundError as error:
        raise Unavailable(f"There is no {what} at {path}.", help="Restore it from its backup.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The {what} at {path} cannot be read.") from error
    if mode & 0o077:
        raise ConfigurationError(
            f"The {what} at {path} can be read by others (mode {mode:o}).",
            help=f"Run: chmod 600 {path}. If others use this machine, make a new key.",
        )
    return text.strip()
