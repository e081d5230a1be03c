"""A real WordPress that carries nothing of ours: whole roles, lent through its own REST API."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broker.adapters.port import Adapter
from broker.adapters.wordpress_core.change_roles import LATE_S
from broker.adapters.wordpress_core.client import WordPressCoreAdapter
from broker.adapters.wordpress_core.kind import KIND
from broker.clock import Clock, SettableClock
from tests.adapters.contract.author import Author
from tests.adapters.contract.specimen import Cannot, Holder
from tests.fakes.connection import connection_to
from tests.fakes.memory import PlainMemory
from tests.live.conftest import PASSWORD
from tests.live.core_site import ADMIN, Wire
from tests.live.wait import until_instant
from tests.live.wordpress_site import DEBIAN, WordPressSite, missing_packages
from tests.needs import lacks

NUMBERS = itertools.count(1)


@dataclass
class OnWordPressCore:
    site: WordPressSite
    broker: Author
    word: str
    kind = KIND
    cannot = frozenset(Cannot)

    def __post_init__(self) -> None:
        self._memory = PlainMemory()
        self.adapter = self._reach(self.site.url, Wire())

    def holder(self) -> Holder:
        name = f"holder{next(NUMBERS)}"
        self.site.create_user(name, password=PASSWORD)
        return Holder(name, {"roles": ["author"]})

    def opens(self, holder: Holder) -> bool:
        try:
            session = self.site.log_in(holder.account, PASSWORD)
        except RuntimeError:  # frozen: nobody knows the password any more
            return False
        listed = self.site.rest(session, "GET", "/wp/v2/posts?status=draft&context=edit")
        return listed.status_code == 200

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_until(self, instant: datetime) -> None:
        until_instant(instant)

    def nobody_there(self) -> Adapter:
        return self._reach("http://127.0.0.1:9", Wire())

    def mute(self) -> Adapter:
        """As it was half a minute ago: a lost write counts as one that may still come for so long."""
        wire = Wire()
        wire.trouble = wire.lose_answer
        earlier = SettableClock(self.broker.clock.wall() - timedelta(seconds=LATE_S))
        return self._reach(self.site.url, wire, earlier)

    def back_up(self) -> Callable[[], None]:
        raise NotImplementedError

    def _reach(self, url: str, wire: Wire, clock: Clock | None = None) -> WordPressCoreAdapter:
        secrets = {"user": ADMIN, "application_password": self.word}
        broker = self.broker
        connection = connection_to(
            url, broker.signer, clock or broker.clock, memory=self._memory, secrets=secrets
        )
        return WordPressCoreAdapter(connection, session=wire, timeout=(3, 20))


@contextmanager
def start(broker: Author, folder: Path) -> Iterator[OnWordPressCore]:
    source = Path(os.environ.get("BROKER_TEST_WORDPRESS_DIR", DEBIAN))
    if missing := missing_packages(source):
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    site = WordPressSite(folder, source=source)
    try:
        site.start()
        site.create_user(ADMIN, role="administrator", password=PASSWORD)
        yield OnWordPressCore(site, broker, site.application_password(ADMIN))
    finally:
        site.stop()
