"""PHP's built-in server with several workers, stopped as the group it is."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


class PhpServer:
    """Serves ``folder`` on loopback. ``port`` 0 picks a free one at start.

    ``under`` is a command that runs PHP (such as faketime), ``options`` are PHP's own.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        workers: int = 4,
        *,
        under: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._under = under
        self._options = {
            "opcache.enable_cli": "1",
            "opcache.revalidate_freq": "0",
            "display_errors": "0",
            "log_errors": "1",
            **(options or {}),
        }
        self._workers = workers
        self.port = port or _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._must_be_free()
        with (self._folder.parent / "php.log").open("ab") as log:
            self._process = self._launch(log)
        self._wait()

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *self._under,
                "php",
                *(f"-d{name}={value}" for name, value in self._options.items()),
                "-S", f"127.0.0.1:{self.port}",
                "-t", str(self._folder),
            ],
            env={**os.environ, "PHP_CLI_SERVER_WORKERS": str(self._workers)},
            stdout=subprocess.DEVNULL,
            stderr=log,
            # Killing the master alone orphans its workers, and they keep the port.
            start_new_session=True,
        )  # fmt: skip

    def stop(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(10)
            self._process = None

    def _must_be_free(self) -> None:
        # Somebody else's server on the port would answer in our name.
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                raise RuntimeError(f"port {self.port} is taken by another program") from None

    def _wait(self) -> None:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                    raise RuntimeError("PHP's server did not start; see php.log beside the site") from None
                time.sleep(0.02)
            else:
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
