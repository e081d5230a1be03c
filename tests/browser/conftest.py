"""One real broker and one real Chromium for all; people and windows of its own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.demo_broker import DemoBroker
from tests.browser.last_minute import LastMinute, begin_last_minute
from tests.browser.stage import Stage
from tests.browser.windows import Windows, chromium_here, driver_runs, launch_options
from tests.browser.witnesses import NAMED
from tests.needs import lacks

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = chromium_here()
    if executable is None:
        lacks("Chromium (Debian package chromium, or BROKER_TEST_CHROMIUM with its path)")
    if not driver_runs():
        lacks("a library that Playwright's driver needs (Debian package libatomic1)")
    return {**browser_type_launch_args, **launch_options(executable)}


@pytest.fixture(scope="session")
def broker(
    tmp_path_factory: pytest.TempPathFactory, browser_type_launch_args: dict[str, Any]
) -> Iterator[DemoBroker]:
    """The demo, with two policies more under which time runs out while a test can wait."""
    policies = tmp_path_factory.mktemp("policies")
    for file in [*POLICIES.glob("*.yaml"), *(HERE / "policies").glob("*.yaml")]:
        shutil.copy(file, policies)
    running = DemoBroker(tmp_path_factory.mktemp("broker"), policies, BROKER_WITNESSES=NAMED)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def windows(browser: Browser, broker: DemoBroker) -> Iterator[Windows]:
    """Opens windows; in none of them may a script fail, a policy be broken or a request leave the broker."""
    opened = Windows(browser, broker)
    yield opened
    opened.close()
    assert opened.complaints == []


@pytest.fixture(scope="session", autouse=True)
def last_minute(request: pytest.FixtureRequest) -> Iterator[LastMinute | None]:
    """Windows whose minute runs while other tests do; begun first, and only where a test will ask for it."""
    if not any("last_minute" in getattr(item, "fixturenames", ()) for item in request.session.items):
        yield None
        return
    browser, broker = request.getfixturevalue("browser"), request.getfixturevalue("broker")
    opened = Windows(browser, broker)
    yield begin_last_minute(Stage(broker, opened))
    opened.close()
    assert opened.complaints == []
