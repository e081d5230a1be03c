"""Fixtures every room's tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from broker.clock import SettableClock
from broker.store import Store, metadata
from broker.store.engine import open_engine
from tests.fakes.clinic import Clinic
from tests.fakes.front import Front
from tests.fakes.object_store import ObjectStore, running
from tests.postgresql import database_on, server
from tests.strict import pytest_make_collect_report, pytest_runtest_makereport

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]

HERE = Path(__file__).parent
# Whoever opens a socket elsewhere by mistake is told.
ON_THE_WIRE = [
    HERE / folder
    for folder in (
        "adapters",
        "archive",
        "benchmarks",
        "browser",
        "cli",
        "key_encryption",
        "credentials/exchange",
        "credentials/signals",
        "feeds",
        "live",
        "notify",
        "oauth_clients",
        "packaging",
        "verify",
        "single_sign_on",
        "witness",
    )
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not any(item.path.is_relative_to(folder) for folder in ON_THE_WIRE):
            item.add_marker(pytest.mark.disable_socket)


@pytest.fixture(scope="session", autouse=True)
def _nobodys_settings() -> Iterator[None]:
    """What a developer's shell sets reaches no test, nor does a proxy come between two ends on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("BROKER_") and not name.startswith("BROKER_TEST_"):
                patch.delenv(name)
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, ",".join(filter(None, ["127.0.0.1,::1,localhost", os.environ.get(name)])))
        yield


@pytest.fixture
def clock() -> SettableClock:
    """A clock that stands at noon UTC on a Sunday until a test turns it."""
    return SettableClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Store:
    """A real database with every table and trigger the product uses.

    A SQLite file; with BROKER_TEST_STORE=postgresql a PostgreSQL.
    """
    kind = os.environ.get("BROKER_TEST_STORE", "sqlite")
    opened: Store = request.getfixturevalue(f"{kind}_store")
    return opened


@pytest.fixture
def sqlite_store(tmp_path: Path, clock: SettableClock) -> Iterator[Store]:
    engine = open_engine(f"sqlite:///{tmp_path / 'broker.db'}")
    metadata.create_all(engine)
    yield Store(engine, clock)
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """The server whose databases tests may make and drop."""
    with server() as address:
        yield address


@pytest.fixture
def postgresql_url(postgresql: URL) -> Iterator[str]:
    """A database with nothing in it."""
    with database_on(postgresql) as url:
        yield url


@pytest.fixture
def postgresql_store(postgresql_url: str, clock: SettableClock) -> Iterator[Store]:
    engine = open_engine(postgresql_url)
    metadata.create_all(engine)
    yield Store(engine, clock)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> Store:
    """The store on every database the product supports."""
    store: Store = request.getfixturevalue(f"{request.param}_store")
    return store


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """A store with Object Lock; started once, because that takes a while."""
    with running(tmp_path_factory.mktemp("store")) as started:
        yield started


@pytest.fixture
def front(store: Store, clock: SettableClock, tmp_path: Path) -> Front:
    """A small clinic with its pages, and browsers in front of them."""
    return Front(Clinic(store, clock), tmp_path)
