"""A real rsyslog that takes syslog over TLS, for tests; clients have to show a certificate where ``mutual``."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.adapters.tls_site import Authority
from tests.needs import lacks

NAME = "localhost"
FIELDS = "%pri%\t%protocol-version%\t%timereported:::date-rfc3339%\t%hostname%\t%app-name%\t%msgid%\t%structured-data%\t%msg%\\n"


@dataclass
class Rsyslog:
    port: int
    written: Path

    @property
    def target(self) -> str:
        return f"tls://{NAME}:{self.port}"

    def lines(self, count: int) -> list[list[str]]:
        """The fields of what it took, once there are so many messages."""
        for _ in range(200):
            found = self.written.read_text().splitlines() if self.written.exists() else []
            if len(found) >= count:
                break
            time.sleep(0.05)
        return [line.split("\t") for line in found]


@contextmanager
def rsyslog(folder: Path, authority: Authority, *, mutual: bool = False, port: int = 0) -> Iterator[Rsyslog]:
    if shutil.which("rsyslogd") is None or not list(Path("/usr/lib").glob("*/rsyslog/lmnsd_ossl.so")):
        lacks("rsyslog with TLS (Debian: rsyslog rsyslog-openssl)")
    server = Rsyslog(port or _free_port(), folder / "taken.log")
    (folder / "rsyslog.conf").write_text(_settings(folder, authority, server, mutual=mutual))
    command = ["rsyslogd", "-n", "-f", str(folder / "rsyslog.conf"), "-i", str(folder / "rsyslog.pid")]
    with (folder / "rsyslog.err").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder)
        try:
            _wait_for(server.port, process, folder / "rsyslog.err")
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _settings(folder: Path, authority: Authority, server: Rsyslog, *, mutual: bool) -> str:
    own = authority.certificate(NAME)
    asked = 'StreamDriver.AuthMode="x509/certvalid"' if mutual else 'StreamDriver.AuthMode="anon"'
    return f"""
global(workDirectory="{folder}" defaultNetstreamDriver="ossl" maxMessageSize="64k"
  defaultNetstreamDriverCAFile="{authority.file}" defaultNetstreamDriverCertFile="{own}"
  defaultNetstreamDriverKeyFile="{own}")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" {asked})
template(name="fields" type="string" string="{FIELDS}")
input(type="imtcp" port="{server.port}" address="127.0.0.1" ruleset="take")
ruleset(name="take") {{ action(type="omfile" file="{server.written}" template="fields" asyncWriting="off") }}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"rsyslog did not start: {said.read_text()}")
