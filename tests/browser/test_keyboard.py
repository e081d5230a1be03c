"""Everything can be done without a mouse, and whoever does it sees where they are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_broker import PASSWORD, DemoBroker
from tests.browser.scenes import watching
from tests.browser.scenes.scene import Scene
from tests.browser.stage import Stage
from tests.browser.windows import ASKED, DESKTOP, PHONE, Windows, fill_request, sign_in

_FOCUS_IS_SEEN = """() => {
  const marked = element => element && getComputedStyle(element).outlineStyle !== 'none'
    && parseFloat(getComputedStyle(element).outlineWidth) >= 2;
  return Boolean(marked(document.activeElement) || marked(document.activeElement.closest('label')));
}"""
# Where the focus is, as far as something that stays in sight covers it.
_COVERED = """() => {
  const focused = document.activeElement, banner = document.querySelector('.live');
  if (!banner || banner.contains(focused) || focused === document.body) return null;
  const [box, over] = [focused.getBoundingClientRect(), banner.getBoundingClientRect()];
  const stays = getComputedStyle(banner).position === 'sticky' && over.top <= 1;
  const below = Math.max(over.bottom - box.top, 0);
  return stays && below > 1 && box.bottom > over.top ? `${focused.outerHTML.slice(0, 90)} by ${below} px` : null;
}"""


@pytest.fixture
def stage(broker: DemoBroker, windows: Windows) -> Stage:
    return Stage(broker, windows)


def press(page: Page, *keys: str) -> None:
    """Press each key, and see where the focus is after each."""
    for key in keys:
        page.keyboard.press(key)
        assert page.evaluate(_FOCUS_IS_SEEN), f"after {key} nobody sees where the focus is on {page.url}"


def test_a_request_is_made_by_keys_alone(stage: Stage) -> None:
    """Skip link, fields, cards, lists and Return: a whole request, and the focus is seen at every stop."""
    page = stage.open(stage.clinician, "/requests/new")
    press(page, "Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    press(page, "Tab")
    expect(page.get_by_label("Patient")).to_be_focused()
    page.keyboard.type(ASKED["patient"])
    press(page, "Tab", "Space")
    while not page.get_by_role("radio", name=ASKED["what"], exact=True).is_checked():
        press(page, "ArrowDown")
    press(page, "Tab")
    page.keyboard.type(ASKED["purpose"])
    press(page, "Tab")
    page.keyboard.type(ASKED["reason"][:20])
    press(page, "Tab")
    page.keyboard.type(ASKED["note"])
    press(page, "Tab")
    while not page.get_by_role("radio", name=ASKED["long"], exact=True).is_checked():
        press(page, "ArrowDown")
    press(page, "Tab")
    expect(page.get_by_label("One-time code")).to_be_focused()
    page.keyboard.type(stage.clinician.code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")
    for said in (
        ASKED["patient"],
        ASKED["what"],
        ASKED["purpose"],
        ASKED["reason"],
        ASKED["note"],
        ASKED["long"],
    ):
        expect(page.get_by_role("main")).to_contain_text(said)


def test_a_decision_is_made_by_keys_alone(stage: Stage) -> None:
    """From the top of the page to Approve with Tab, and Space presses it."""
    page = stage.open(stage.approver, f"/requests/{stage.ask().id}/decide")
    approve = page.get_by_role("button", name="Approve")
    press(page, "Tab")
    page.keyboard.press("Enter")
    for _ in range(4):
        press(page, "Tab")
        if approve.evaluate("button => button === document.activeElement"):
            break
    expect(approve).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You approved this")


def test_an_error_takes_the_focus_and_loses_nothing(stage: Stage) -> None:
    """The summary has the focus, its link leads to the field, and all that was typed is there but the code."""
    page = stage.open(stage.clinician, "/requests/new")
    fill_request(page, "000 000")
    page.get_by_label("Patient").fill("")
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title("Error: Start emergency access – Emergency access")
    press(page, "Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Patient")).to_be_focused()
    expect(page.get_by_role("radio", name=ASKED["what"], exact=True)).to_be_checked()
    expect(page.get_by_label("Purpose").locator("option:checked")).to_have_text(ASKED["purpose"])
    expect(page.get_by_label("Reason").locator("option:checked")).to_have_text(ASKED["reason"])
    expect(page.get_by_label("Note")).to_have_value(ASKED["note"])
    expect(page.get_by_role("radio", name=ASKED["long"], exact=True)).to_be_checked()


def test_what_was_typed_survives_a_session_that_ended(stage: Stage) -> None:
    """Signed out in between, the clinician gives the password, finds the form as it was, and one code does the rest."""
    page = stage.open(None, "/")
    sign_in(page, stage.clinician, PASSWORD)
    page.get_by_role("link", name="Start emergency access").click()
    fill_request(page, "000 000")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Request access").click()
    page.get_by_label("Email").fill(stage.clinician.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start emergency access")
    expect(page.get_by_label("Patient")).to_have_value(ASKED["patient"])
    expect(page.get_by_label("Note")).to_have_value(ASKED["note"])
    expect(page.get_by_role("radio", name=ASKED["what"], exact=True)).to_be_checked()
    page.get_by_label("One-time code").fill(stage.clinician.code())
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")


def test_a_code_is_pasted_with_its_space(stage: Stage) -> None:
    """ "123 456" from the clipboard goes in whole, and a code in that shape signs in."""
    page = stage.open(
        stage.clinician, "/", first_factor=True, permissions=["clipboard-read", "clipboard-write"]
    )
    code = stage.clinician.code()
    page.evaluate("code => navigator.clipboard.writeText(code)", f"{code[:3]} {code[3:]}")
    page.get_by_label("One-time code").focus()
    page.keyboard.press("ControlOrMeta+V")
    expect(page.get_by_label("One-time code")).to_have_value(f"{code[:3]} {code[3:]}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    "scene", [watching.record, watching.grant_by_broken_glass, watching.more_time_without_a_code]
)
def test_the_banner_never_covers_the_focus(stage: Stage, size: tuple[int, int], scene: Scene) -> None:
    """Down and up again through every stop of a page with live access, none lies under the banner."""
    page = scene(stage)
    page.set_viewport_size({"width": size[0], "height": size[1] // 2})
    page.locator("body").press("Home")
    stops = 0
    for key in ("Tab", "Shift+Tab"):
        for _ in range(40):
            page.keyboard.press(key)
            if page.evaluate("document.activeElement === document.body"):
                break
            stops += 1
            assert page.evaluate(_COVERED) is None
    assert stops > 10
