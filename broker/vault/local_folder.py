"""Keeps sealed files in one private folder of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from broker.errors import ConfigurationError, NotFound, Unavailable
from broker.vault.storage import SealedObject

OBJECT_ID = re.compile(r"(?:rec|doc)_[0-9a-f]{20}\Z")
WEB_FOLDERS = {"public_html", "htdocs", "wwwroot", "www", "wp-content"}
WEB_FILES = ("wp-config.php", "wp-load.php", "index.php", "index.html", ".htaccess")


class LocalFolder:
    """Sealed files in one private folder, which must lie outside whatever a web server serves."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        _refuse_web_folder(self._root)
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def put(self, object_id: str) -> Iterator[BinaryIO]:
        target = self._path(object_id)
        growing = target.with_suffix(f".{os.urandom(6).hex()}.part")
        try:
            descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as sink:
                yield sink
                sink.flush()
                os.fsync(descriptor)
            growing.replace(target)
            self._sync_folder()
        except OSError as error:
            raise Unavailable("The file could not be stored, so nothing was changed.") from error
        finally:
            with suppress(OSError):
                growing.unlink(missing_ok=True)

    def open(self, object_id: str) -> SealedObject:
        try:
            return LocalFile(self._path(object_id))
        except FileNotFoundError as error:
            raise NotFound("There is nothing stored under that id.") from error
        except OSError as error:
            raise Unavailable("The stored file cannot be read right now.") from error

    def delete(self, object_id: str) -> None:
        self._path(object_id).unlink(missing_ok=True)
        self._sync_folder()

    def _path(self, object_id: str) -> Path:
        if not OBJECT_ID.match(object_id):
            raise NotFound("There is nothing stored under that id.")
        return self._root / f"{object_id}.sealed"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class LocalFile:
    """A sealed file on disk; reads carry their own offset, so threads may share it."""

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        self.size = os.fstat(self._descriptor).st_size

    def read_at(self, offset: int, length: int) -> bytes:
        if self._descriptor is None:
            raise ValueError("the sealed file is closed")
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            raise Unavailable("The stored file cannot be read right now.") from error

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _refuse_web_folder(root: Path) -> None:
    for folder in (root, *root.parents):
        if folder.name in WEB_FOLDERS or any((folder / name).exists() for name in WEB_FILES):
            raise ConfigurationError(
                f"The vault folder {root} lies inside {folder}, which looks like a web server's folder.",
                help="Choose a folder that no web server serves, for example /var/lib/emergency-access-broker.",
            )
