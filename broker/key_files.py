"""Keys that live in files of the broker's own folder: made once, readable by the broker alone."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.errors import ConfigurationError

KEY_BYTES = 32


def secret_key(path: Path) -> bytes:
    """The 32 bytes in ``path``, made when there are none. ConfigurationError when they cannot be used."""
    try:
        if not path.exists():
            _make(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigurationError(
                f"The key {path.name} can be read by others.", help=f"Run: chmod 600 {path}"
            )
        key = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The key {path.name} cannot be read or made.", help="Let the broker write to its state folder."
        ) from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"The key {path.name} is not {KEY_BYTES} bytes long.", help="Restore it from its backup."
        )
    return key


def ed25519_key(path: Path) -> Ed25519PrivateKey:
    """The signing key whose 32-byte seed is in ``path``, made when there is none."""
    return Ed25519PrivateKey.from_private_bytes(secret_key(path))


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    growing = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(descriptor)
    # A link appears whole or not at all and never replaces what another process just made.
    with suppress(FileExistsError):
        os.link(growing, path)
    growing.unlink()
