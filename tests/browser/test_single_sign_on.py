"""A browser's way through a real provider: in, too weakly, and out again on both sides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from broker.identity.people import Role
from tests.browser.demo_broker import DemoBroker
from tests.browser.examine import faults_of, names_said_twice
from tests.browser.windows import Windows
from tests.needs import lacks
from tests.single_sign_on.provider.running import MFA, SECRET, RunningProvider
from tests.single_sign_on.served_broker import free_port

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"


class WindowsOnBoth(Windows):
    """The provider is the one place beside the broker that a browser goes to."""

    provider: RunningProvider

    def _follow(self, request: Request) -> None:
        if not request.url.startswith(f"{self.provider.issuer}/"):
            super()._follow(request)


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[tuple[DemoBroker, RunningProvider]]:
    policies = tmp_path_factory.mktemp("policies")
    mine = HERE.parent / "single_sign_on" / "policies" / "groups.yaml"
    for file in [*POLICIES.glob("*.yaml"), mine]:
        shutil.copy(file, policies)
    issuer_port = free_port()
    broker = DemoBroker(
        tmp_path_factory.mktemp("broker"),
        policies,
        BROKER_OIDC_ISSUER=f"http://127.0.0.1:{issuer_port}",
        BROKER_OIDC_NAME="Clinic sign-in",
        BROKER_OIDC_CLIENT_ID="broker",
        BROKER_OIDC_CLIENT_SECRET=SECRET,
        BROKER_OIDC_SCOPES="openid profile email groups",
        BROKER_OIDC_PRIVATE_NETWORK="1",
    )
    provider = RunningProvider(issuer_port, int(broker.url.rpartition(":")[2]))
    try:
        provider.ensure()
    except RuntimeError as error:
        lacks(str(error))
    broker.start()
    yield broker, provider
    broker.stop()
    provider.stop()


@pytest.fixture
def windows(browser: Browser, both: tuple[DemoBroker, RunningProvider]) -> Iterator[WindowsOnBoth]:
    opened = WindowsOnBoth(browser, both[0])
    opened.provider = both[1]
    yield opened
    opened.close()
    assert opened.complaints == []


def examined(page: Page) -> None:
    """As every page of ours is."""
    assert names_said_twice(page) + faults_of(page) == []


def through_provider(page: Page, who: str, how: str) -> None:
    page.get_by_role("link", name="Sign in with Clinic sign-in").click()
    page.get_by_label("Name").fill(who)
    page.get_by_label("How").fill(how)
    page.get_by_role("button", name="Let me in").click()


def test_in_by_the_provider_and_out_on_both_sides(windows: WindowsOnBoth) -> None:
    """Two clicks there, none here; signing out leads on to the provider by itself and back."""
    page = windows.open(None, "/")
    examined(page)
    through_provider(page, "doctor", MFA)
    page.goto("/")
    expect(page.get_by_role("link", name="Start emergency access").first).to_be_visible()
    page.goto("/sessions")
    expect(page.get_by_text("Sign-in of the organisation")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign out of the clinic").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name="Sign in with Clinic sign-in").click()
    expect(page.get_by_label("Name")).to_be_visible()


def test_a_weak_sign_in_is_told_and_can_be_mended(windows: WindowsOnBoth) -> None:
    """The page says what to do, and its button leads back to the provider."""
    page = windows.open(None, "/sessions")
    through_provider(page, "doctor", "")
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    expect(page.get_by_text("use the second factor of your organisation")).to_be_visible()
    examined(page)
    expect(page.get_by_role("link", name="Try again")).to_have_attribute("href", "/sso/begin?next=/sessions")


def test_an_administrator_ends_a_session_a_provider_began(windows: WindowsOnBoth) -> None:
    """What they see says how it began; the window it was open in is at the sign-in page at its next step."""
    theirs = windows.open(None, "/")
    through_provider(theirs, "lead", MFA)
    expect(theirs.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    page = windows.open(windows.broker.join(Role.ADMIN), "/people")
    page.get_by_role("link", name="Lead").click()
    expect(page.get_by_text("Sign-in of the organisation")).to_be_visible()
    page.get_by_role("button", name="End: ").click()
    expect(page.get_by_text("Nowhere.")).to_be_visible()
    theirs.goto("/sessions")
    expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()
