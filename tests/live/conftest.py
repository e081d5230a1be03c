"""One real WordPress for all live tests, and a fresh nurse with two patients for each."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from broker.identity.people import Role
from tests.live.broker_side import BrokerSide
from tests.live.go_between import GoBetween
from tests.live.served_broker import Person, ServedBroker
from tests.live.wordpress_site import DEBIAN, WordPressSite, missing_packages
from tests.needs import lacks

_NUMBERS = itertools.count(1)
PASSWORD = "a-password-for-tests"


@pytest.fixture(scope="session")
def broker() -> BrokerSide:
    return BrokerSide()


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory: pytest.TempPathFactory, broker: BrokerSide) -> Iterator[WordPressSite]:
    """Debian's WordPress with its own MariaDB, the companion installed and paired with ``broker``.

    BROKER_TEST_WORDPRESS_DIR names another unpacked WordPress to run everything against.
    """
    with running_site(tmp_path_factory.mktemp("wordpress"), broker) as site:
        yield site


@contextmanager
def running_site(folder: Path, broker: BrokerSide, *, network: bool = False) -> Iterator[WordPressSite]:
    """A WordPress with the companion, paired with ``broker``; stopped afterwards."""
    source = Path(os.environ.get("BROKER_TEST_WORDPRESS_DIR", DEBIAN))
    if missing := missing_packages(source):
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    site = WordPressSite(folder, source=source)
    try:
        site.start()
        if network:
            site.become_network()
        site.install_companion(broker.pairing)
        broker.connect(site.url)
        yield site
    finally:
        site.stop()


@dataclass(frozen=True)
class Apart:
    """A site that no other test's broker looks at: it may be restored, frozen and paired anew."""

    site: WordPressSite
    broker: BrokerSide


@pytest.fixture(scope="session")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    broker = BrokerSide()
    with running_site(tmp_path_factory.mktemp("apart"), broker) as site:
        broker.adapter.health()  # the first visit makes the tables
        yield Apart(site, broker)


@pytest.fixture
def lonely_ward(apart: Apart) -> Ward:
    """A ward on the site that stands apart."""
    return furnish(apart.site)


@dataclass(frozen=True)
class Ward:
    """A nurse without any standing rights, two patients, and one private note about each."""

    site: WordPressSite
    nurse: str
    mine: str
    other: str
    my_note: int
    other_note: int

    def log_in(self) -> requests.Session:
        return self.site.log_in(self.nurse, PASSWORD)

    def reads(self, session: requests.Session, note: int) -> bool:
        return self.site.rest(session, "GET", f"/wp/v2/telehealth_note/{note}").status_code == 200

    def edits(self, session: requests.Session, note: int, content: str = "changed") -> bool:
        change = {"content": content}
        return (
            self.site.rest(session, "POST", f"/wp/v2/telehealth_note/{note}", json=change).status_code == 200
        )

    def is_logged_in(self, session: requests.Session) -> bool:
        profile = session.get(f"{self.site.url}/wp-admin/profile.php", allow_redirects=False, timeout=20)
        return profile.status_code == 200

    def saved(self, note: int, field: str = "post_content") -> str:
        return self.site.sql(f"SELECT {field} FROM wp_posts WHERE ID = {note}").strip()


@pytest.fixture
def ward(wordpress: WordPressSite) -> Ward:
    return furnish(wordpress)


def furnish(site: WordPressSite) -> Ward:
    number = next(_NUMBERS)
    nurse, mine, other = f"nurse{number}", f"P-{number}-A", f"P-{number}-B"
    site.create_user(nurse, password=PASSWORD)
    my_note = site.create_post(f"Mine {number}", patient=mine, content=f"content of mine {number}")
    other_note = site.create_post(f"Other {number}", patient=other, content=f"content of other {number}")
    return Ward(site, nurse, mine, other, my_note, other_note)


@pytest.fixture(scope="package")
def served(
    wordpress: WordPressSite, broker: BrokerSide, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedBroker]:
    """The whole broker with the key the site knows; its calls pass a go-between.

    It looks at the site by itself, so it ends with these tests: elsewhere sockets are off.
    """
    between = GoBetween(wordpress.url)
    running = ServedBroker(tmp_path_factory.mktemp("broker"), broker, between)
    running.start()
    try:
        running.connect()
        yield running
    finally:
        running.stop()
        between.go_down()


@pytest.fixture
def between(served: ServedBroker) -> Iterator[GoBetween]:
    """The wire, whole again after the test."""
    yield served.between
    served.between.heal()


@pytest.fixture
def known_ward(served: ServedBroker, ward: Ward) -> Ward:
    """A ward whose patients the broker knows."""
    served.admit(ward.mine)
    served.admit(ward.other)
    return ward


@pytest.fixture
def clinician(served: ServedBroker, known_ward: Ward) -> Person:
    """Signs in to the site as the ward's nurse."""
    return served.person(Role.CLINICIAN, account=known_ward.nurse)


@pytest.fixture
def approver(served: ServedBroker) -> Person:
    return served.person(Role.APPROVER)
