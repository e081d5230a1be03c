"""Getting in: sign-in, code, the phone that becomes a factor, one's own account."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from broker.identity.people import Role
from tests.browser.demo_broker import PASSWORD
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def sign_in(stage: Stage) -> Page:
    return stage.open(None, "/")


@scene
def sign_in_with_nothing_typed(stage: Stage) -> Page:
    page = stage.open(None, "/")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Error: Sign in – Emergency access")
    return page


@scene
def sign_in_with_a_wrong_password(stage: Stage) -> Page:
    page = stage.open(None, "/")
    page.get_by_label("Email").fill(stage.clinician.email)
    page.get_by_label("Password").fill(f"not {PASSWORD}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def one_time_code(stage: Stage) -> Page:
    return stage.open(stage.clinician, "/", first_factor=True)


@scene
def wrong_code(stage: Stage) -> Page:
    page = one_time_code(stage)
    page.get_by_label("One-time code").fill("abc")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def locked_out(stage: Stage) -> Page:
    page = one_time_code(stage)
    for _ in range(12):
        page.get_by_label("One-time code").fill("AAAA-BBBB")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_be_focused()
        if "too many wrong tries" in page.get_by_role("alert").inner_text():
            return page
    raise AssertionError("wrong codes locked nothing")


@scene
def recovery_code(stage: Stage) -> Page:
    page = one_time_code(stage)
    page.get_by_role("link", name="Use a recovery code").click()
    expect(page.get_by_role("heading", name="Use a recovery code")).to_be_visible()
    return page


@scene
def enrolment(stage: Stage) -> Page:
    return stage.open(stage.broker.join(Role.CLINICIAN, enrolled=False), "/", first_factor=True)


@scene
def picture_to_scan(stage: Stage) -> Page:
    page = enrolment(stage)
    page.get_by_role("button", name="Show the picture").click()
    page.get_by_text("You cannot scan it?").click()
    return page


@scene
def picture_scanned_but_code_wrong(stage: Stage) -> Page:
    page = picture_to_scan(stage)
    page.get_by_label("One-time code").fill("000 000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def second_factor(stage: Stage) -> Page:
    return stage.open(stage.clinician, "/factor")


@scene
def recovery_codes_shown(stage: Stage) -> Page:
    page = second_factor(stage)
    page.get_by_label("One-time code").fill(stage.clinician.code())
    page.get_by_role("button", name="Get new recovery codes").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    return page


@scene
def account_with_two_sessions(stage: Stage) -> Page:
    stage.clinician.token()
    return stage.open(stage.clinician, "/sessions")


@scene
def password(stage: Stage) -> Page:
    return stage.open(stage.clinician, "/password")


@scene
def password_that_everybody_knows(stage: Stage) -> Page:
    page = password(stage)
    page.get_by_label("Present password").fill("whatever it was")
    page.get_by_label("New passphrase").fill("password1234")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page
