"""Sets out to every feed that something waits for, and waits for none of them."""

from __future__ import annotations

import threading

import structlog
from sqlalchemy import select

from broker.errors import Unavailable
from broker.feeds.deliver import FeedDesk, deliver, free
from broker.feeds.tables import feeds
from broker.ledger.tables import ledger_head
from broker.store import Store

log = structlog.get_logger("broker.feeds")


class FeedCouriers:
    """One thread for each feed that something waits for. Nobody waits for a thread."""

    def __init__(self, desk: FeedDesk) -> None:
        self._desk = desk
        self._under_way: dict[str, threading.Thread] = {}

    def ring(self) -> None:
        for feed_id in _waited_for(self._desk.store):
            before = self._under_way.get(feed_id)
            if before is None or not before.is_alive():
                self._set_out(feed_id)

    def wait(self, seconds: float) -> None:
        """Until everybody under way is back, or that long for each."""
        for thread in list(self._under_way.values()):
            thread.join(seconds)

    def _set_out(self, feed_id: str) -> None:
        thread = threading.Thread(
            target=_deliver_guarded, args=(self._desk, feed_id), name=f"feed-{feed_id}", daemon=True
        )
        self._under_way[feed_id] = thread
        thread.start()


def _deliver_guarded(desk: FeedDesk, feed_id: str) -> None:
    try:
        deliver(desk, feed_id)
    except Unavailable as error:
        log.warning("feed_waits_for_the_store", feed=feed_id, fault=str(error))
    except Exception:  # what waits still waits, and the next ring sets out again
        log.exception("feed_not_delivered", feed=feed_id)


def _waited_for(store: Store) -> list[str]:
    with store.read() as reader:
        head = select(ledger_head.c.seq).scalar_subquery()
        behind = select(feeds.c.id).where(free(reader.at), feeds.c.delivered_seq < head)
        return list(reader.execute(behind).scalars())
