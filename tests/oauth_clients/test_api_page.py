"""What docs/api.md shows with curl really runs, one block after the other, against a broker that is served."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

from broker.identity.people import Role
from tests.docs.pages import ROOT
from tests.oauth_clients.ward import Ward

_BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
_HOST = "#HttpOnly_{host}\tFALSE\t/\tFALSE\t0\tsession\t{token}\n"


def test_the_commands_of_the_page_run(ward: Ward, tmp_path: Path) -> None:
    """Software reads with its token; somebody signed in breaks the glass, sees the access, and ends it."""
    blocks = [block for block in _BLOCK.findall((ROOT / "docs" / "api.md").read_text()) if "curl" in block]
    software = ward.register(scopes=frozenset({"requests:read", "grants:read"}))
    _wait_for_the_first_key(ward)
    somebody, jar = ward.broker.join(Role.CLINICIAN), tmp_path / "cookies"
    host = urlsplit(ward.url).hostname
    jar.write_text("# Netscape HTTP Cookie File\n" + _HOST.format(host=host, token=somebody.token()))
    known = {
        "BROKER": ward.url,
        "CLIENT_ID": software.id,
        "CLIENT_SECRET": software.secret,
        "COOKIES": str(jar),
        "CODE": somebody.code(),
    }
    ran = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(blocks)],
        env={**os.environ, **known},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for said in (
        '"openapi":"3.1.0"',
        '"scopes":["grants:read","requests:read"]',
        "HTTP/1.1 200 OK",
        '"path":"break_glass"',
        '"effective":true',
        '"cause":"handed_back"',
    ):
        assert said in ran.stdout, said
    assert "/api/problems/" not in ran.stdout


def _wait_for_the_first_key(ward: Ward) -> None:
    """It is made once the broker is up, and takes a moment."""
    until = time.monotonic() + 60
    while not requests.get(f"{ward.url}/oauth/jwks", timeout=10).json().get("keys"):
        assert time.monotonic() < until
        time.sleep(0.2)
