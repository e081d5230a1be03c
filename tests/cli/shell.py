"""The ``broker`` command as a shell starts it: on a folder of its own, with no settings but those given."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from broker.cli import cli

COMMAND = Path(sys.executable).with_name("broker")
READY = "Ready at "
PATIENCE_S = 60


@dataclass(frozen=True)
class Shell:
    """Runs ``command`` in ``folder``; the broker's state lies in ``folder/var``."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    command: Path = COMMAND

    @property
    def state(self) -> Path:
        return self.folder / "var"

    def run(self, *words: object, typed: str = "", **settings: object) -> subprocess.CompletedProcess[str]:
        around = self._around(settings)
        return subprocess.run(
            self._line(words), input=typed, capture_output=True, timeout=PATIENCE_S, check=False, **around
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database file answers, past the broker."""
        with closing(sqlite3.connect(self.state / "broker.db")) as connection:
            return connection.execute(query).fetchall()

    @contextmanager
    def serving(self, *words: object, **settings: object) -> Iterator[Serving]:
        """Start a command that serves, on a free port, and stop it as a terminal would."""
        errors = self.folder / "stderr"
        around = self._around({"port": 0, **settings})
        with errors.open("a") as stderr, _started(self._line(words), stderr=stderr, **around) as process:
            yield Serving(self, process, _until_ready(process, errors), errors)

    def _line(self, words: tuple[object, ...]) -> list[str]:
        return [str(self.command), *map(str, words)]

    def _around(self, settings: dict[str, object]) -> dict[str, Any]:
        given = self.settings | {f"BROKER_{name.upper()}": str(value) for name, value in settings.items()}
        bare = {
            name: value for name, value in os.environ.items() if not name.startswith(("BROKER_", "PYTHON"))
        }
        return {"cwd": self.folder, "env": bare | given, "text": True}


class Inside(Shell):
    """The same words in this process, for commands that end: nobody waits for Python to start."""

    def run(self, *words: object, typed: str = "", **settings: object) -> subprocess.CompletedProcess[str]:
        given = {"state_dir": self.state, **settings}
        result = CliRunner().invoke(
            cli,
            [str(word) for word in words],
            input=typed,
            env={f"BROKER_{name.upper()}": str(value) for name, value in given.items()},
            prog_name="broker",
            catch_exceptions=False,
        )
        return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)


@dataclass(frozen=True)
class Serving:
    shell: Shell
    process: subprocess.Popen[str]
    printed: list[str]
    errors: Path

    @property
    def url(self) -> str:
        return self.printed[-1].removeprefix(READY)

    def printed_after(self, label: str) -> str:
        """What stands after ``label`` in the welcome."""
        pairs = (re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in self.printed)
        return next(pair[1] for pair in pairs if pair[0] == label)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def opens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _started(line: list[str], **around: Any) -> Iterator[subprocess.Popen[str]]:
    # A session of its own, so that no worker outlives a test that failed.
    with subprocess.Popen(line, stdout=subprocess.PIPE, start_new_session=True, **around) as process:
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _until_ready(process: subprocess.Popen[str], errors: Path) -> list[str]:
    assert process.stdout
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(READY):
            watchdog.cancel()
            return lines
    watchdog.cancel()
    raise AssertionError(f"never ready; exit status {process.wait()}\n{errors.read_text()}")
