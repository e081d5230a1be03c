"""The page in wp-admin that tells the site's administrator what is active."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.browser.examine import AXE
from tests.browser.windows import DESKTOP, PHONE, chromium_here, driver_runs, launch_options
from tests.live.broker_side import ISSUER, BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Ward
from tests.live.site_events import EVENTS
from tests.live.wordpress_site import WordPressSite
from tests.needs import lacks

pytestmark = pytest.mark.live
PAGE = "wp-admin/tools.php?page=emergency-access-status"
BOSS = "status-admin"


@pytest.fixture
def boss(wordpress: WordPressSite) -> requests.Session:
    """An administrator who is signed in."""
    wordpress.create_user(BOSS, role="administrator", password=PASSWORD)
    return wordpress.log_in(BOSS, PASSWORD)


def seen_by(site: WordPressSite, session: requests.Session) -> str:
    """Our part of the page, or '' when it may not be seen."""
    page = session.get(f"{site.url}/{PAGE}", timeout=20)
    found = re.search(
        r'<div class="wrap emergency-access-status">.*?<div class="clear">', page.text, re.DOTALL
    )
    return found[0] if page.status_code == 200 and found else ""


def test_what_is_active(ward: Ward, broker: BrokerSide, boss: requests.Session) -> None:
    """Who, what in words, until when and under which grant; and no patient."""
    grant = broker.give(ward.nurse, notes_of(ward.mine, "read"))
    other = broker.give(ward.nurse, {"primitives": ["edit_pages"]})
    page = seen_by(ward.site, boss)
    assert f">{ward.nurse}<" in page
    assert "Read one patient&#039;s Telehealth notes" in page
    assert "These capabilities: edit_pages" in page
    assert grant in page
    assert other in page
    ends = broker.clock.now() + timedelta(minutes=5)
    assert ends.strftime("%Y-%m-%dT%H") in page
    assert ward.mine not in page
    broker.take_back(other)
    broker.take_back(grant)


def test_what_ended(ward: Ward, broker: BrokerSide, boss: requests.Session) -> None:
    """A grant that is over moves down, with what was recorded under it and how it ended."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.edits(session, ward.my_note)
    broker.take_back(grant)
    active, _, ended = seen_by(ward.site, boss).partition("Ended in the last 7 days")
    assert grant not in active
    row = next(row for row in ended.split("<tr") if grant in row)
    assert "Opened 1, changed 1, signed in 1" in row
    assert "taken back" in row


def test_nothing_to_press(ward: Ward, broker: BrokerSide, boss: requests.Session) -> None:
    """The page has no form, button, link, script, key or pairing in it."""
    broker.give(ward.nurse, notes_of(ward.mine))
    page = seen_by(ward.site, boss)
    assert ISSUER in page
    assert not re.search(r"<(form|input|button|select|textarea|a|script|iframe)\b", page)
    for secret in (broker.pairing, broker.signer.kid, "eyJ"):
        assert secret not in page
    whole = boss.get(f"{ward.site.url}/{PAGE}", timeout=20)
    assert "no-store" in whole.headers["Cache-Control"] or "no-cache" in whole.headers["Cache-Control"]


@pytest.mark.parametrize("role", ["subscriber", "editor"])
def test_only_who_manages_accounts(ward: Ward, broker: BrokerSide, role: str) -> None:
    """Others do not see it, neither in the menu nor by its address, whatever a lease lends them."""
    login = f"{ward.nurse}-{role}"
    ward.site.create_user(login, role=role, password=PASSWORD)
    broker.give(login, {"primitives": ["edit_pages"]})
    session = ward.site.log_in(login, PASSWORD)
    assert seen_by(ward.site, session) == ""
    profile = session.get(f"{ward.site.url}/wp-admin/profile.php", timeout=20).text
    assert "emergency-access-status" not in profile


def test_problems_are_said(ward: Ward, broker: BrokerSide, boss: requests.Session) -> None:
    """What is wrong stands there in a sentence: an edited row, a table that cannot be read, no pairing."""
    assert "Somebody edited" not in seen_by(ward.site, boss)
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    ward.site.sql(f"UPDATE wp_emergency_access_leases SET account = 'x' WHERE grant_id = '{grant}'")
    page = seen_by(ward.site, boss)
    assert "Somebody edited the table of leases" in page
    assert grant not in page
    ward.site.sql(f"DELETE FROM wp_emergency_access_leases WHERE grant_id = '{grant}'")
    ward.site.sql(f"RENAME TABLE {EVENTS} TO away")
    try:
        assert "cannot be read" in seen_by(ward.site, boss)
    finally:
        ward.site.sql(f"RENAME TABLE away TO {EVENTS}")


def test_unpaired(ward: Ward, broker: BrokerSide, boss: requests.Session) -> None:
    """Without a pairing the page says so."""
    ward.site.pair("")
    try:
        assert "not paired with a broker" in seen_by(ward.site, boss)
    finally:
        ward.site.pair(broker.pairing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = chromium_here() or lacks(
        "Chromium (Debian package chromium, or BROKER_TEST_CHROMIUM with its path)"
    )
    if not driver_runs():
        lacks("a library that Playwright's driver needs (Debian package libatomic1)")
    return {**browser_type_launch_args, **launch_options(executable)}


@pytest.fixture
def opened(ward: Ward, broker: BrokerSide, boss: requests.Session, browser: Browser) -> Iterator[Page]:
    """The page in a browser, with something in each of its parts."""
    ended = broker.give(ward.nurse, notes_of(ward.mine))
    assert ward.reads(ward.log_in(), ward.my_note)
    broker.take_back(ended)
    broker.give(ward.nurse, notes_of(ward.mine, "read"))
    broker.give("status-admin", {"primitives": ["edit_pages", "edit_others_pages", "edit_published_pages"]})
    context = browser.new_context(java_script_enabled=True)
    context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": ward.site.url} for one in boss.cookies]
    )
    page = context.new_page()
    page.goto(f"{ward.site.url}/{PAGE}")
    yield page
    context.close()


def test_everybody_can_read_it(opened: Page) -> None:
    """axe-core finds nothing in our part of the page, and nothing of it scrolls sideways on a phone."""
    for width, height in (DESKTOP, PHONE):
        opened.set_viewport_size({"width": width, "height": height})
        opened.evaluate(AXE)
        tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
        found = opened.evaluate(
            "tags => axe.run('.emergency-access-status', {runOnly: {type: 'tag', values: tags}})", tags
        )
        assert [rule["id"] for rule in found["violations"]] == []
        box = opened.locator(".emergency-access-status").bounding_box()
        assert box is not None
        inner = opened.evaluate("document.querySelector('.emergency-access-status').scrollWidth")
        assert inner <= box["width"] + 1
        assert box["x"] + box["width"] <= width
    active = opened.get_by_role("table", name="Active now")
    row = active.get_by_role("row").filter(has_text=BOSS)
    assert row.get_by_role("cell").nth(1).inner_text().startswith("These capabilities: edit_pages")
    assert active.get_by_role("columnheader", name="Until").count() == 1
