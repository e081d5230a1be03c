"""Sets out to every receiver that something waits for, and waits for none of them."""

from __future__ import annotations

import threading

import structlog
from sqlalchemy import exists, select

from broker.credentials.signals.catch_up import catch_up
from broker.credentials.signals.deliver import Desk, deliver, due, free
from broker.credentials.signals.outcome import tidy
from broker.credentials.signals.tables import receivers, signal_outbox
from broker.store import Store

log = structlog.get_logger("broker.signals")


class Couriers:
    """One thread for each receiver that something waits for. Nobody waits for a thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._under_way: dict[str, threading.Thread] = {}

    def ring(self) -> None:
        """Find what was overlooked, and set out to whoever has something waiting."""
        catch_up(self._desk.store, self._desk.issuer)
        tidy(self._desk.store, self._desk.ledger)
        for receiver_id in _waited_for(self._desk.store):
            before = self._under_way.get(receiver_id)
            if before is None or not before.is_alive():
                self._set_out(receiver_id)

    def wait(self, seconds: float) -> None:
        """Until everybody under way is back, or that long for each."""
        for thread in list(self._under_way.values()):
            thread.join(seconds)

    def _set_out(self, receiver_id: str) -> None:
        thread = threading.Thread(
            target=_deliver_guarded, args=(self._desk, receiver_id), name=f"signal-{receiver_id}", daemon=True
        )
        self._under_way[receiver_id] = thread
        thread.start()


def _deliver_guarded(desk: Desk, receiver_id: str) -> None:
    try:
        deliver(desk, receiver_id)
    except Exception:  # what waits still waits, and the next ring sets out again
        log.exception("signals_not_delivered", receiver=receiver_id)


def _waited_for(store: Store) -> list[str]:
    with store.read() as reader:
        waiting = exists().where(signal_outbox.c.receiver_id == receivers.c.id, due(reader.at))
        return list(reader.execute(select(receivers.c.id).where(free(reader.at), waiting)).scalars())
