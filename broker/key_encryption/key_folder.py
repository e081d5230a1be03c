"""Key-encryption keys as files of 32 random bytes that only the broker's own user may read."""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.errors import ConfigurationError, Unavailable
from broker.key_encryption.wrapping import WrappedKey, WrongWrapping

KEY_SIZE = 32
NONCE_SIZE = 12
KEY_FILE = re.compile(r"kek-(\d{4})\.key\Z")
KIND = "kek-"


class KeyFolder:
    """A ring kept in a folder: ``kek-0001.key``, ``kek-0002.key``, ...; the highest number wraps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ring = _read_ring(folder)

    @classmethod
    def open_or_create(cls, folder: Path) -> KeyFolder:
        """The ring in ``folder``, with a first key made when there is none."""
        if not folder.exists() or not _read_ring(folder):
            _add_key(folder, 1)
        return cls(folder)

    @property
    def current_id(self) -> str:
        # Asked seldom, and another process may have rotated: so the folder is read again.
        self._ring = _read_ring(self._folder)
        if not self._ring:
            raise ConfigurationError(
                "There is no key to protect recordings and signing keys with.",
                help="Restore the key folder from its backup; without it stored recordings cannot be opened.",
            )
        return max(self._ring)

    def rotate(self) -> str:
        """Add a key that wraps from now on and answer its id. Older keys still unwrap."""
        _add_key(self._folder, int(self.current_id.removeprefix(KIND)) + 1)
        return self.current_id

    def knows(self, key_id: str) -> bool:
        return key_id.startswith(KIND)

    def wrap(self, secret: bytes, context: bytes) -> WrappedKey:
        key_id, nonce = self.current_id, os.urandom(NONCE_SIZE)
        sealed = AESGCM(self._ring[key_id]).encrypt(nonce, secret, _bound(key_id, context))
        return WrappedKey(key_id, nonce + sealed)

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        key = self._key(wrapped.key_id)
        nonce, sealed = wrapped.blob[:NONCE_SIZE], wrapped.blob[NONCE_SIZE:]
        try:
            return AESGCM(key).decrypt(nonce, sealed, _bound(wrapped.key_id, context))
        except (InvalidTag, ValueError) as error:
            raise WrongWrapping from error

    def _key(self, key_id: str) -> bytes:
        if key_id not in self._ring:
            self._ring = _read_ring(self._folder)
        if key_id not in self._ring:
            raise Unavailable(
                f"The key {key_id} that protects this is not in the key folder.",
                help="Restore the key folder from its backup.",
            )
        return self._ring[key_id]


def _bound(key_id: str, context: bytes) -> bytes:
    return key_id.encode("ascii") + b"|" + context


def _read_ring(folder: Path) -> dict[str, bytes]:
    try:
        files = [path for path in folder.iterdir() if KEY_FILE.match(path.name)]
        return {path.stem: _read_key(path) for path in files}
    except OSError as error:
        raise ConfigurationError(
            f"The key folder {folder} cannot be read.", help="Check that it exists and belongs to the broker."
        ) from error


def _read_key(path: Path) -> bytes:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(
            f"The key file {path.name} can be read by others.", help=f"Run: chmod 600 {path}"
        )
    key = path.read_bytes()
    if len(key) != KEY_SIZE:
        raise ConfigurationError(
            f"The key file {path.name} is not {KEY_SIZE} bytes long.", help="Restore it from its backup."
        )
    return key


def _add_key(folder: Path, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    growing = folder / f"{secrets.token_hex(6)}.part"
    descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_SIZE))
        file.flush()
        os.fsync(descriptor)
    # A link never replaces: of two processes that start at once, one key wins and both read it.
    with suppress(FileExistsError):
        (folder / f"kek-{number:04d}.key").hardlink_to(growing)
    growing.unlink()
