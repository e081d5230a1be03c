"""A witness as a process of its own, as ``python -m broker.witness`` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from broker.ledger.signing.cosign import CosignerKey, parse_cosigner

READY = "Ready at "
PATIENCE_S = 30


@dataclass(frozen=True)
class Running:
    """``url`` answers; ``process`` may be killed."""

    url: str
    key: CosignerKey
    process: subprocess.Popen[str]

    def add(self, body: bytes) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.post(f"{self.url}/add-checkpoint", data=body, timeout=10)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def command(folder: Path, *words: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """The witness's command to its end."""
    return subprocess.run(
        _line(words),
        env=_around(folder, settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@contextmanager
def running(folder: Path, *vkeys: str, **settings: object) -> Iterator[Running]:
    """Serve the witness of ``folder``, which watches the ledgers of ``vkeys``."""
    around = _around(folder, {"port": 0, "logs": ",".join(vkeys), **settings})
    line = _line(("serve",))
    with subprocess.Popen(
        line, env=around, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout
            ready = process.stdout.readline()
            assert ready.startswith(READY), ready
            url = ready.removeprefix(READY).strip()
            with requests.Session() as session:
                session.trust_env = False
                vkey = session.get(f"{url}/", timeout=10).text
            yield Running(url, parse_cosigner(vkey), process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE_S)


def _line(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "broker.witness", *words]


def _around(folder: Path, settings: dict[str, object]) -> dict[str, str]:
    given = {"name": "witness.example/w1", "dir": folder, **settings}
    bare = {name: value for name, value in os.environ.items() if not name.startswith("BROKER_")}
    return bare | {f"BROKER_WITNESS_{name.upper()}": str(value) for name, value in given.items()}
