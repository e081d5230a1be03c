"""Software's question, answered in a real browser: from the sign-in on, by keyboard, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.demo_broker import PASSWORD, DemoBroker
from tests.browser.scenes.lending import BACK, ENTITLEMENT, lend_two, question
from tests.browser.stage import Stage
from tests.browser.windows import PATIENCE_MS, Windows, sign_in


@pytest.fixture
def stage(broker: DemoBroker, windows: Windows) -> Stage:
    return Stage(broker, windows)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest, windows: Windows) -> Iterator[Page]:
    """A window in which the software's address answers, although it is another's."""
    context = windows.browser.new_context(base_url=windows.url, java_script_enabled=request.param)
    context.set_default_timeout(PATIENCE_MS)
    context.route(
        f"{BACK}**", lambda route: route.fulfill(body="<h1>Back in the app</h1>", content_type="text/html")
    )
    yield context.new_page()
    context.close()


def test_from_the_sign_in_to_the_software_in_one_tap(stage: Stage, page: Page) -> None:
    """The question survives the sign-in; the page's policy lets the answer lead to the software, which Chromium checks."""
    stage.grant(entitlement=ENTITLEMENT)
    page.goto(question(stage))
    sign_in(page, stage.clinician, PASSWORD)
    expect(page.get_by_role("heading", name="Let The ward app use your access?")).to_be_visible()
    expect(page.locator("main").get_by_text("P-1001")).to_be_visible()
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.get_by_role("heading", name="Back in the app")).to_be_visible()
    assert page.url.startswith(f"{BACK}?code=")
    assert "state=s-1" in page.url


def test_no_leads_back_as_well(stage: Stage, page: Page) -> None:
    page.goto(question(stage))
    sign_in(page, stage.clinician, PASSWORD)
    page.get_by_role("button", name="Go back to The ward app").click()
    expect(page.get_by_role("heading", name="Back in the app")).to_be_visible()
    assert "error=access_denied" in page.url


def test_by_keyboard_alone(stage: Stage, page: Page) -> None:
    """The first button the Tab key meets after the choice allows; Enter on a choice does not."""
    lend_two(stage)
    page.goto(question(stage))
    sign_in(page, stage.clinician, PASSWORD)
    first = page.get_by_role("radio").first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Allow", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Back in the app")).to_be_visible()


def test_the_browser_itself_holds_the_answer_to_the_pages_policy(stage: Stage, page: Page) -> None:
    """Without the software's address in it, Chromium leads nowhere: so the address is there for a reason."""

    def strip(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"].replace(" https://app.clinic.example", "")
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    stage.grant(entitlement=ENTITLEMENT)
    asked = question(stage)
    page.goto(asked)
    sign_in(page, stage.clinician, PASSWORD)
    page.route(
        lambda url: "/oauth/authorize" in url,
        lambda route: strip(route) if route.request.method == "GET" else route.continue_(),
    )
    page.goto(asked)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_timeout(500)
    assert not page.url.startswith(BACK)
