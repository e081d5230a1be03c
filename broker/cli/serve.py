"""``broker serve``: the pages and the sweep in one process."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from broker.app import build_parts, open_store, start_chores
from broker.cli.installation import Installation
from broker.logs import set_up_logs
from broker.revocation.sweep import sweep
from broker.settings import Settings
from broker.store.schema import upgrade
from broker.web.factory import make_flask


@click.command()
@click.pass_obj
def serve(installation: Installation) -> None:
    """Serve the pages and take access back, until stopped."""
    run_server(installation.settings)


@click.command("sweep")
@click.pass_obj
def sweep_once(installation: Installation) -> None:
    """Take back what is due, once: for a cron job beside a broker that is down."""
    swept = sweep(installation.parts.equipment)
    click.echo(
        f"{swept.expired} expired, {swept.revoked} revoked, {swept.still_revoking} still being taken back."
    )


def run_server(settings: Settings) -> None:
    """Serve until a signal stops it. Raises ConfigurationError before a port is opened."""
    set_up_logs(settings.log_level)
    if not settings.database_url:
        # The embedded database belongs to this process alone; a shared one is upgraded by hand.
        upgrade(open_store(settings).engine)
    build_parts(settings).store.engine.dispose()  # says what is wrong now, not in a worker's log
    Server(settings).run()


class Server(BaseApplication):  # type: ignore[misc] # gunicorn carries no types
    """Gunicorn with one process of many threads: the embedded database has one writer anyway."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        options: dict[str, Any] = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": 1,
            "threads": settings.threads,
            "worker_class": "gthread",
            "accesslog": None,
            "loglevel": "warning",
            "graceful_timeout": 5,
            "timeout": 60,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        # In the worker: threads and database connections do not survive a fork.
        parts = build_parts(self._settings)
        start_chores(parts)
        threading.Thread(target=_say_ready, args=(self._settings,), daemon=True).start()
        return make_flask(parts)


def _say_ready(settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()  # noqa: S310 - our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
            continue
        print(f"Ready at {address}", flush=True)
        return
