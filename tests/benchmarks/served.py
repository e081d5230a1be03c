"""A broker of one's own behind a real server, and the same broker's parts in this process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker.app import build_parts, open_store
from broker.settings import Settings
from broker.store.schema import upgrade
from broker.web.parts import Parts
from tests.benchmarks.wire import Wire, get

HELLO = get("/bare/hello")


@dataclass(frozen=True)
class Served:
    """``parts`` share the database and the keys with the server on ``port``."""

    parts: Parts
    port: int


@contextmanager
def served(folder: Path, plain: bytes = b"plain") -> Iterator[Served]:
    """The server runs until the block ends; ``/bare/plain`` answers ``plain``."""
    file = folder / "plain"
    file.write_bytes(plain)
    settings = Settings(state_dir=folder / "state", port=_free_port())
    store = open_store(settings)
    upgrade(store.engine)
    store.engine.dispose()
    parts = build_parts(settings)
    process = _start(settings, file)
    try:
        _wait(process, settings.port)
        yield Served(parts, settings.port)
    finally:
        process.terminate()
        process.wait(30)
        parts.store.engine.dispose()


def _start(settings: Settings, file: Path) -> subprocess.Popen[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BROKER_")},
        "BROKER_STATE_DIR": str(settings.state_dir),
        "BROKER_PORT": str(settings.port),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.serving", str(file)],
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.DEVNULL,
    )


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with Wire(port) as wire:
                if wire.send(HELLO).status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server under measurement did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
