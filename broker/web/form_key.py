"""The key that signs form tokens and seals what was typed: one file, made at the first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from broker.errors import ConfigurationError

KEY_BYTES = 32


def form_key(path: Path) -> bytes:
    """32 bytes from ``path``; several nodes behind one address share the file. ConfigurationError if unusable."""
    try:
        _make_once(path)
        key = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The form key {path.name} cannot be read or made.",
            help="Let the broker write to its state folder.",
        ) from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"The form key {path.name} is damaged.",
            help="Remove the file; a new one is made, and forms that are open now must be opened again.",
        )
    return key


def _make_once(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    try:
        # A link appears whole or not at all, and never replaces the key another process just made.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
