"""Passkeys in a real Chromium: set up, sign in, confirm, lose; and what a device must not get away with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.identity.people import Role
from tests.browser.authenticator import Authenticator, authenticator
from tests.browser.demo_broker import PASSWORD, DemoBroker, Member
from tests.browser.scenes.passkeys import age_sign_in
from tests.browser.stage import Stage
from tests.browser.windows import PHONE, Windows, fill_request


@pytest.fixture
def named(browser: Browser, broker: DemoBroker) -> Iterator[Windows]:
    """Windows on the same broker by a name, because no browser makes passkeys for a bare address."""
    opened = Windows(browser, broker, at=broker.url.replace("127.0.0.1", "localhost"))
    yield opened
    opened.close()
    assert opened.complaints == []


@pytest.fixture
def stage(broker: DemoBroker, named: Windows) -> Stage:
    return Stage(broker, named)


def password(page: Page, member: Member) -> None:
    page.get_by_label("Email").fill(member.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def newcomer_with_passkey(stage: Stage, role: Role = Role.CLINICIAN) -> tuple[Page, Member, Authenticator]:
    """Past the first sign-in, with a passkey and nothing else."""
    member = stage.broker.join(role, enrolled=False)
    page = stage.open(None, "/sign-in")
    device = authenticator(page)
    password(page, member)
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    member.recovery_codes += page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    return page, member, device


def fill_all_but_code(page: Page, **changes: str) -> None:
    fill_request(page, "", **changes)


def test_first_sign_in_then_every_sign_in_with_nothing_but_the_passkey(stage: Stage) -> None:
    """Set up at the first sign-in with ten codes to keep; afterwards one press signs in, and it counts on."""
    page, member, device = newcomer_with_passkey(stage)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    assert len(member.recovery_codes) == 10
    for _ in range(2):
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    (passkey,) = device.passkeys
    assert passkey["isResidentCredential"]
    assert passkey["rpId"] == "localhost"
    page.goto("/factor")
    expect(page.get_by_text("Chrome on Linux", exact=True)).to_be_visible()


def test_a_request_is_confirmed_with_the_passkey(stage: Stage) -> None:
    """The form is filled in, nothing is typed as a code, and the request stands with all that was said."""
    page, _, _ = newcomer_with_passkey(stage)
    page.goto("/requests/new")
    fill_all_but_code(page)
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")
    expect(page.get_by_role("main")).to_contain_text("Collapsed during the visit")
    expect(page.get_by_role("main")).to_contain_text("P-1001")


def test_breaking_the_glass_and_extending_with_the_passkey(stage: Stage) -> None:
    """The button that was pressed is the act that the passkey confirms; more time takes it again."""
    page, _, _ = newcomer_with_passkey(stage)
    page.goto("/requests/new")
    fill_all_but_code(page, purpose="Break the glass")
    page.get_by_role("button", name="Break the glass now").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Telehealth recording")
    page.get_by_role("link", name="Extend").first.click()
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Extend")


def test_an_approver_far_from_their_sign_in_decides_with_one_tap(stage: Stage) -> None:
    """Where a code is asked, Approve asks the passkey instead, and is in sight on a phone without scrolling."""
    page, member, _ = newcomer_with_passkey(stage, Role.APPROVER)
    asked = stage.ask()
    age_sign_in(member, timedelta(hours=1))
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"/requests/{asked.id}/decide")
    expect(page.get_by_label("One-time code")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You approved this")


def test_what_is_missing_on_the_form_is_said_and_nothing_is_lost(stage: Stage) -> None:
    """An incomplete form comes back as it would without a passkey: focus on the summary, all fields kept."""
    page, _, _ = newcomer_with_passkey(stage)
    page.goto("/requests/new")
    fill_all_but_code(page)
    page.get_by_label("Patient").fill("")
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title("Error: Start emergency access – Emergency access")
    expect(page.get_by_role("alert")).not_to_contain_text("code")
    expect(page.get_by_label("Note")).to_have_value("Collapsed during the visit")
    page.get_by_label("Patient").fill("P-1001")
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")


def test_an_unknown_patient_costs_one_more_touch_and_no_more(stage: Stage) -> None:
    """The passkey is asked before anything is said of patients; the corrected form asks it again."""
    page, _, _ = newcomer_with_passkey(stage)
    page.goto("/requests/new")
    fill_all_but_code(page, patient="P-9999")
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No access can be asked for with this patient id")
    page.get_by_label("Patient").fill("P-1001")
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")


def test_a_device_that_does_not_check_who_holds_it_is_refused(stage: Stage) -> None:
    """No finger on it: nothing is confirmed, the page says so, and a code still does."""
    page, _, device = newcomer_with_passkey(stage)
    page.goto("/requests/new")
    fill_all_but_code(page)
    device.verify(verified=False)
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_text("Nothing was confirmed")).to_be_visible()
    expect(page.get_by_label("Patient")).to_have_value("P-1001")
    device.verify(verified=True)
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")


def test_a_copied_passkey_is_refused_and_told(stage: Stage) -> None:
    """A copy whose counter is behind: no sign-in, and its owner is written to."""
    page, member, device = newcomer_with_passkey(stage)
    (copy,) = device.passkeys
    for _ in range(2):
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    thief = stage.open(None, "/sign-in")
    authenticator(thief).take(copy)
    thief.get_by_role("button", name="Use a passkey").click()
    expect(thief.get_by_role("alert")).to_contain_text("there may be a copy of it")
    assert "passkey.copied" in events_about(stage, member)


def test_by_keys_alone(stage: Stage) -> None:
    """Tab to the button and Return: signed in without a mouse, and the focus is seen."""
    page, _, _ = newcomer_with_passkey(stage)
    page.get_by_role("button", name="Sign out").click()
    button = page.get_by_role("button", name="Use a passkey")
    expect(button).to_be_visible()
    for _ in range(4):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


def test_what_was_typed_survives_a_session_that_ended(stage: Stage) -> None:
    """Confirming finds the session over: sign in with the passkey, and the form is as it was left."""
    page, _, _ = newcomer_with_passkey(stage)
    page.goto("/requests/new")
    fill_all_but_code(page)
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Confirm with passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start emergency access")
    expect(page.get_by_label("Patient")).to_have_value("P-1001")
    expect(page.get_by_label("Note")).to_have_value("Collapsed during the visit")
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for approval")


def test_another_passkey_another_name_and_one_less(stage: Stage) -> None:
    """Added with a code from the app, renamed, used to remove the app; then it is the last one and stays."""
    member = stage.clinician
    page = stage.open(member, "/factor")
    authenticator(page)
    page.get_by_label("One-time code").fill(member.code())
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("Rename Chrome on Linux").click()
    page.get_by_label("New name for Chrome on Linux").fill("My ward key")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("My ward key", exact=True)).to_be_visible()
    page.get_by_text("Remove one of them").click()
    page.get_by_role("button", name="Remove the authenticator app").click()
    expect(page.get_by_text("None is set up.")).to_be_visible()
    expect(page.get_by_text("Your passkey is all you have, so it cannot be removed.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove My ward key")).to_have_count(0)


def test_without_passkeys_in_the_browser_the_code_does_everything(stage: Stage) -> None:
    """Scripts off: no button that does nothing is shown."""
    page = stage.windows.open(stage.clinician, "/requests/new", java_script_enabled=False)
    expect(page.get_by_role("button", name="Confirm with passkey")).to_be_hidden()
    page = stage.windows.open(None, "/sign-in", java_script_enabled=False)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()


def events_about(stage: Stage, member: Member) -> list[str]:
    from sqlalchemy import select

    from broker.ledger.tables import ledger_entries

    with stage.broker.parts.store.read() as reader:
        mine = select(ledger_entries.c.event).where(ledger_entries.c.subject_id == member.person.id)
        return [row.event for row in reader.all(mine)]


def test_everything_lost_and_back_in_with_a_new_passkey(stage: Stage) -> None:
    """Password, a plea, a code read out, an approver with their own factor, a new passkey; the old code is dead."""
    member, approver = stage.clinician, stage.approver
    page = stage.open(None, "/sign-in")
    device = authenticator(page)
    password(page, member)
    page.get_by_role("link", name="I have lost my phone, passkey and codes").click()
    page.get_by_label("What happened?").fill("Phone stolen, codes at home")
    page.get_by_role("button", name="Ask for help").click()
    code = page.locator(".spoken code").inner_text()

    bedside = stage.open(approver, "/waiting")
    bedside.get_by_role("link", name=f"{member.person.name} cannot sign in and asks you to vouch").click()
    bedside.get_by_label("Code they read to you").fill(code.lower().replace("-", " "))
    bedside.get_by_label("One-time code").fill(approver.code())
    bedside.get_by_role("button", name="Vouch for them").click()
    expect(bedside.get_by_role("heading", name="You let them set up anew")).to_be_visible()

    page.get_by_role("link", name="Set up anew").click()
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    assert len(device.passkeys) == 1
    page.goto("/factor")
    expect(page.get_by_text("None is set up.")).to_be_visible()
    assert "factor.started_over" in events_about(stage, member)
