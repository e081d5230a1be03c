"""Pulling a site's events as the broker does: from where it stopped, each page proven."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from broker.adapters.companion.chain import NOTHING, Happening, verify_chain
from tests.live.broker_side import BrokerSide
from tests.live.wordpress_site import WordPressSite

EVENTS, SEEN = "wp_emergency_access_events", "wp_emergency_access_seen"


class Puller:
    """Remembers the last event it has proven, and goes on from there."""

    def __init__(self, broker: BrokerSide) -> None:
        self._broker = broker
        self.seq, self.hash = 0, NOTHING

    def pull(self) -> list[Happening]:
        """Everything since the last time; ChainBroken when it does not follow."""
        found: list[Happening] = []
        while True:
            page = self._broker.adapter.events(self.seq)
            proven = verify_chain(self.seq, self.hash, page)
            if proven:
                self.seq, self.hash = proven[-1].seq, proven[-1].hash
            found += proven
            if self.seq == page.head_seq:
                return found

    def look_again(self, site: WordPressSite) -> list[Happening]:
        """As ``pull``, a minute later as far as comparing the site with its past is concerned."""
        site.sql(f"DELETE FROM {SEEN} WHERE name = 'looked'")
        return self.pull()


def under(grant: str, events: Iterable[Happening]) -> list[str]:
    """What was recorded under one grant: ``kind object``, in order."""
    return [f"{one.kind} {one.facts.get('object', '')}".strip() for one in events if one.grant == grant]


def outside(events: Iterable[Happening], kind: str, **facts: str) -> list[Happening]:
    """The events of a kind that stand under no grant and say these facts."""
    return [
        one
        for one in events
        if one.kind == kind and not one.grant and facts.items() <= dict(one.facts).items()
    ]


@contextmanager
def tampered(site: WordPressSite, *statements: str) -> Iterator[None]:
    """The table of events changed by somebody with a database client, and put back afterwards."""
    site.sql(f"CREATE TABLE kept AS SELECT * FROM {EVENTS}")
    try:
        for statement in statements:
            site.sql(statement)
        yield
    finally:
        site.sql(f"DELETE FROM {EVENTS}; INSERT INTO {EVENTS} SELECT * FROM kept; DROP TABLE kept")


def together(acts: Iterable[Callable[[], object]]) -> None:
    """Everything at once; the first failure is raised."""
    from concurrent.futures import ThreadPoolExecutor

    waiting = list(acts)
    with ThreadPoolExecutor(len(waiting)) as pool:
        for done in [pool.submit(act) for act in waiting]:
            done.result()
