"""A real WordPress with the companion."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broker.adapters.port import Adapter
from broker.adapters.wordpress.client import WordPressAdapter
from broker.adapters.wordpress.kind import KIND
from tests.adapters.contract.author import Author
from tests.adapters.contract.specimen import CALLS, Cannot, Holder
from tests.live.conftest import PASSWORD
from tests.live.go_between import GoBetween, cut_the_answer
from tests.live.wait import until_instant
from tests.live.wordpress_site import DEBIAN, WordPressSite, missing_packages
from tests.needs import lacks

NUMBERS = itertools.count(1)
TYPE = "telehealth_note"


@dataclass
class OnWordPress:
    site: WordPressSite
    broker: Author
    between: GoBetween
    kind = KIND
    cannot: frozenset[Cannot] = frozenset()

    def __post_init__(self) -> None:
        self.adapter = self._reach(self.site.url)

    def holder(self) -> Holder:
        name = f"holder{next(NUMBERS)}"
        self.site.create_user(name, password=PASSWORD)
        self.site.create_post(f"Note of {name}", patient=f"P-{name}")
        posts = {"post_type": TYPE, "meta_key": "patient_ref", "capabilities": ["read", "edit"]}
        return Holder(name, {"patient": f"P-{name}", "posts": posts})

    def opens(self, holder: Holder) -> bool:
        """A new sign-in each time, so that an ended session is not mistaken for an ended lease."""
        try:
            session = self.site.log_in(holder.account, PASSWORD)
        except RuntimeError:  # frozen: the site lets nobody in
            return False
        listed = self.site.rest(session, "GET", f"/wp/v2/{TYPE}?status=private&context=edit")
        return listed.status_code == 200 and len(listed.json()) == 1

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_until(self, instant: datetime) -> None:
        until_instant(instant)

    def nobody_there(self) -> Adapter:
        return self._reach("http://127.0.0.1:9")

    def mute(self) -> Adapter:
        for verb in CALLS:
            self.between.order(verb, cut_the_answer, for_good=True)
        return self._reach(self.between.url)

    def back_up(self) -> Callable[[], None]:
        tables = self.site.sql("SHOW TABLES LIKE 'wp\\_emergency\\_access\\_%'").split()
        for table in tables:
            self.site.sql(
                f"DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}"
            )

        def put_back() -> None:
            for table in tables:
                self.site.sql(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")

        return put_back

    def _reach(self, url: str) -> WordPressAdapter:
        return WordPressAdapter(self.broker.connection(url), timeout=(3, 20))


@contextmanager
def start(broker: Author, folder: Path) -> Iterator[OnWordPress]:
    source = Path(os.environ.get("BROKER_TEST_WORDPRESS_DIR", DEBIAN))
    if missing := missing_packages(source):
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    site = WordPressSite(folder, source=source)
    try:
        site.start()
        site.install_companion(broker.pairing)
        between = GoBetween(site.url)
        yield OnWordPress(site, broker, between)
        between.go_down()
    finally:
        site.stop()
