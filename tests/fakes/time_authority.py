"""A time-stamping authority: OpenSSL's own, behind a small HTTP server, under a root certificate of its own."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.needs import lacks

_CONFIG = """
[tsa]
default_tsa = it
[it]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.1
digests = sha256, sha512, sha1
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
"""
_STAMPS = "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"


@dataclass
class Authority:
    """``answers`` instead of a time-stamp, once it is set; ``asked`` are the queries it got."""

    folder: Path
    url: str = ""
    answers: tuple[int, bytes] | None = None
    asked: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def stamp(self, query: bytes) -> bytes:
        asked, said = self.folder / "query", self.folder / "answer"
        asked.write_bytes(query)
        config = ("-config", str(self.folder / "tsa.cnf"), "-section", "it")
        _openssl("ts", "-reply", "-queryfile", str(asked), "-out", str(said), *config)
        return said.read_bytes()


def make_authority(folder: Path) -> Authority:
    """Skips where there is no OpenSSL."""
    if shutil.which("openssl") is None:
        lacks("openssl")
    folder.mkdir()
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01")
    (folder / "stamps.cnf").write_text(_STAMPS)
    root, tsa = str(folder / "root"), str(folder / "tsa")
    _openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-noenc",
        "-keyout",
        f"{root}.key",
        "-out",
        f"{root}.pem",
        "-subj",
        "/CN=Root of the tests",
        "-days",
        "30",
    )
    _openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-noenc",
        "-keyout",
        f"{tsa}.key",
        "-out",
        f"{tsa}.csr",
        "-subj",
        "/CN=Time of the tests",
    )
    signed = ("-CA", f"{root}.pem", "-CAkey", f"{root}.key", "-CAcreateserial", "-days", "30")
    _openssl(
        "x509",
        "-req",
        "-in",
        f"{tsa}.csr",
        *signed,
        "-extfile",
        str(folder / "stamps.cnf"),
        "-out",
        f"{tsa}.pem",
    )
    return Authority(folder)


def _openssl(*words: str) -> None:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def serving(authority: Authority) -> Iterator[Authority]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append(query)
            status, body = authority.answers or (200, authority.stamp(query))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
