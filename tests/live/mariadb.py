"""A MariaDB of one's own: fresh data folder, socket only, gone afterwards."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO


class MariaDB:
    """``folder`` keeps the data; ``socket`` stands in a short path of its own (sockets allow 107 characters)."""

    def __init__(self, folder: Path) -> None:
        self._data = folder.resolve()
        self._runtime = Path(tempfile.mkdtemp(prefix="eab-db-"))
        self.socket = self._runtime / "db.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        fresh = not (self._data / "mysql").is_dir()
        if fresh:
            self._install()
        with (self._runtime / "log").open("wb") as log:
            self._process = self._launch(log)
        self._wait()
        self.sql("CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4", database="")

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                shutil.which("mariadbd") or "/usr/sbin/mariadbd",
                "--no-defaults",
                f"--datadir={self._data}",
                f"--socket={self.socket}",
                f"--pid-file={self._runtime / 'db.pid'}",
                f"--user={getpass.getuser()}",
                "--skip-networking",
                "--skip-log-bin",
                "--innodb-flush-log-at-trx-commit=0",
            ],
            stdout=subprocess.DEVNULL,
            stderr=log,
            # An interrupt from the terminal is for whoever started it; it stops the database in order.
            start_new_session=True,
        )

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)
        shutil.rmtree(self._runtime, ignore_errors=True)

    def sql(self, statement: str, database: str = "wordpress") -> str:
        """Run as the database's owner; rows come back tab-separated, without a heading."""
        command = ["mariadb", "--no-defaults", f"--socket={self.socket}", "-uroot", "-N", "-B", database]
        done = subprocess.run(
            [part for part in command if part],
            input=statement,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the database refused a statement: {done.stderr.strip()}")
        return done.stdout

    def dump(self, *tables: str, database: str = "wordpress") -> str:
        """A backup of these tables, or of all: statements that put them back as they are now."""
        command = ["mariadb-dump", "--no-defaults", f"--socket={self.socket}", "-uroot", database, *tables]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def _install(self) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={self._data}",
                f"--user={getpass.getuser()}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                # A bare machine may not even know a localhost; the socket is all that is used.
                "--force",
            ],
            check=True,
            capture_output=True,
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self.sql("SELECT 1", database="")
            except RuntimeError:
                if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                    log = (self._runtime / "log").read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"MariaDB did not start:\n{log}") from None
                time.sleep(0.05)
            else:
                return
