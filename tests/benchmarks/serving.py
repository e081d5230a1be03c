"""The server under measurement: ``broker serve`` itself, and bare Flask views in the same process.

python -m tests.benchmarks.serving PLAIN_FILE    (settings as BROKER_* variables)
"""

from __future__ import annotations

import sys
from pathlib import Path
from socket import socket

from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wsgi import FileWrapper

from broker.cli.port import claim_port
from broker.cli.serve import Server
from broker.logs import set_up_logs
from broker.settings import Settings

BLOCK = 64 * 1024


class MeasuredServer(Server):
    """The same gunicorn, workers and threads; ``/bare`` reaches the bare views past the broker's own."""

    def __init__(self, settings: Settings, claimed: socket, plain: Path) -> None:
        self._plain = plain
        super().__init__(settings, claimed)

    def load(self) -> Flask:
        app = super().load()
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/bare": bare_views(self._plain)})
        return app


def bare_views(plain: Path) -> Flask:
    app = Flask("bare")
    size = plain.stat().st_size

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/plain")
    def ranges() -> Response:
        file = plain.open("rb")
        # Not gunicorn's own wrapper: that one reads from the start of the file up to the range.
        response = Response(FileWrapper(file, BLOCK), mimetype="audio/wav", direct_passthrough=True)
        response.call_on_close(file.close)
        response.content_length = size
        return response.make_conditional(request.environ, accept_ranges=True, complete_length=size)

    return app


if __name__ == "__main__":
    set_up_logs("WARNING")
    wanted = Settings()
    MeasuredServer(wanted, claim_port(wanted.host, wanted.port), Path(sys.argv[1])).run()
