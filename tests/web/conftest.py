"""A broker of its own for each test, wired as in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker.app import build_parts, open_store
from broker.clock import SettableClock
from broker.identity.signing_in.passwords import hash_password
from broker.ledger.chain import Ledger
from broker.notify.observer import MailQueue
from broker.policy.load import load_catalog
from broker.settings import Settings
from broker.store import Store
from broker.store.schema import upgrade
from broker.web.factory import PAGES, make_flask
from tests.fakes.clinic import POLICIES
from tests.fakes.front import BASE, Front
from tests.fakes.past import Past
from tests.web.form_under_test import pages as form_under_test
from tests.web.house import PASSWORD, Browser, House


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once: hashing is slow on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def house_with(tmp_path: Path, clock: SettableClock, password_hash: str) -> Iterator[Callable[..., House]]:
    """Builds a broker for settings that differ from the usual ones."""
    built: list[House] = []

    def build(**settings: object) -> House:
        chosen = Settings(state_dir=tmp_path / f"house{len(built)}", **settings)  # type: ignore[arg-type]
        store = open_store(chosen, clock)
        upgrade(store.engine)
        store.engine.dispose()
        parts = build_parts(chosen, clock)
        app = make_flask(parts, (*PAGES, form_under_test))
        built.append(House(app, parts, clock, password_hash))
        return built[-1]

    yield build
    for house in built:
        house.parts.store.engine.dispose()


@pytest.fixture
def house(house_with: Callable[..., House]) -> House:
    return house_with(on_call_contact="the on-call desk, 555-0100")


@pytest.fixture
def visitor(house: House) -> Browser:
    """Somebody who has not signed in."""
    return house.browser()


@pytest.fixture
def past(store: Store, clock: SettableClock) -> Past:
    """A clinic with a past to look into, and mail about it."""
    mail = MailQueue(load_catalog(POLICIES), BASE)
    return Past(store, clock, ledger=Ledger([mail]))


@pytest.fixture
def archive(past: Past, tmp_path: Path) -> Front:
    """The pages in front of that past."""
    return Front(past, tmp_path)
