"""``broker serve``: the pages and the sweep in one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from broker.app import build_parts, open_store
from broker.chores import start_chores
from broker.cli.installation import Installation
from broker.cli.port import claim_port
from broker.errors import ConfigurationError, Unavailable
from broker.logs import set_up_logs
from broker.revocation.sweep import sweep
from broker.settings import Settings
from broker.store.schema import check_schema, upgrade
from broker.web.factory import make_flask
from broker.witness.serving_lock import serves
from broker.witness.start import LedgerMismatch, refuse_mismatch


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
    if swept.unrecorded:
        raise Unavailable(
            f"Ends of access that sites were told of and that could not be written down: {swept.unrecorded}.",
            help="Run: broker audit verify. Look for a full disk or a lock, then run this again.",
        )
    click.echo(
        f"{swept.expired} expired, {swept.revoked} revoked, {swept.still_revoking} still being taken back."
    )


def run_server(settings: Settings, announce: Callable[[Settings], None] = lambda _settings: None) -> None:
    """Serve until a signal stops it; ``announce`` is told the settings with the port that was got.

    Raises ConfigurationError before a port is opened.
    """
    set_up_logs(settings.log_level)
    if not settings.database_url:
        # The embedded database belongs to this process alone; a shared one is upgraded by hand.
        bring_up_to_date(settings)
    _look_before_serving(settings)  # says what is wrong now, not in a worker's log
    claimed = claim_port(settings.host, settings.port)
    settings = settings.model_copy(update={"port": claimed.getsockname()[1]})
    announce(settings)
    Server(settings, claimed).run()


def _look_before_serving(settings: Settings) -> None:
    parts = build_parts(settings)
    try:
        refuse_mismatch(parts.watch)
    except LedgerMismatch:
        # A ledger in doubt gives no access, and keeps none open either.
        sweep(parts.equipment)
        raise
    finally:
        parts.store.engine.dispose()


def bring_up_to_date(settings: Settings) -> None:
    """Writes nothing where nothing is to be done: a broker whose disk is full starts, and ends what is due."""
    engine = open_store(settings).engine
    try:
        check_schema(engine)
    except ConfigurationError:
        upgrade(engine)
    finally:
        engine.dispose()


class Server(BaseApplication):  # type: ignore[misc] # gunicorn carries no types
    """Gunicorn with one process of many threads: the embedded database has one writer anyway."""

    def __init__(self, settings: Settings, claimed: socket) -> None:
        self._settings = settings
        self._claimed = claimed
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        options: dict[str, Any] = {
            "bind": f"fd://{self._claimed.fileno()}",
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
        self._lock = serves(self._settings.heads_path.parent)
        # In the worker: threads and database connections do not survive a fork.
        parts = build_parts(self._settings)
        start_chores(parts)
        threading.Thread(target=_say_ready, args=(self._settings,), daemon=True).start()
        return make_flask(parts)


def _say_ready(settings: Settings) -> None:
    for _ in range(300):
        if _answers(settings):
            print(f"Ready at http://{settings.host}:{settings.port}", flush=True)
            return
        time.sleep(0.1)


def _answers(settings: Settings) -> bool:
    # Straight to the port, past any proxy, and by the name under which pages are answered.
    connection = HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(settings.base_url).netloc})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
