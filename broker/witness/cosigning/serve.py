"""The witness under gunicorn: one small process with a few threads."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from broker.logs import set_up_logs
from broker.witness.cosigning.door import Door
from broker.witness.cosigning.settings import WitnessSettings, open_witness


def serve(settings: WitnessSettings) -> None:
    """Serve until a signal stops it. Raises ConfigurationError before a port is opened."""
    set_up_logs("INFO")
    open_witness(settings)  # says what is wrong now, not in a worker's log
    Server(settings).run()


class Server(BaseApplication):  # type: ignore[misc] # gunicorn carries no types
    """Says ``Ready at`` once its port answers."""

    def __init__(self, settings: WitnessSettings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": 1,
            "threads": self._settings.threads,
            "worker_class": "gthread",
            "accesslog": None,
            "loglevel": "warning",
            "graceful_timeout": 5,
            "timeout": 60,
            "control_socket_disable": True,
            "when_ready": _say_ready,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Door:
        return Door(open_witness(self._settings), self._settings.calls_a_minute)


def _say_ready(arbiter: Any) -> None:
    host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
    sys.stdout.write(f"Ready at http://{host}:{port}\n")
    sys.stdout.flush()
