"""The page where people change their own password."""

from __future__ import annotations

from tests.web.house import PASSWORD, House, visible


def test_a_password_is_changed_and_that_is_said(house: House):
    """Present, new, done; the next sign-in takes the new one."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/password")
    done = browser.follow(
        browser.post("/password", {"password": PASSWORD, "new_password": "seven quiet harbours"})
    )
    assert "Your password is changed" in visible(done)
    other = house.browser()
    assert house.password(other, someone.email).status_code == 422


def test_every_mistake_is_said_beside_its_field(house: House):
    """Nothing typed, the wrong present one, a new one everybody knows; no password is shown again."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/password")
    empty = browser.post("/password", {})
    assert empty.status_code == 422
    assert "Enter the password you have." in visible(empty)
    wrong = browser.post("/password", {"password": "canary-present", "new_password": "seven quiet harbours"})
    assert "That is not your present password." in visible(wrong)
    assert "canary-present" not in wrong.text
    known = browser.post("/password", {"password": PASSWORD, "new_password": "password1234"})
    assert "guessed too soon" in visible(known)


def test_what_was_typed_is_kept_nowhere_when_the_session_is_over(house: House):
    """Other forms come back filled in; a password never does."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/password")
    house.clock.advance(hours=2)
    answer = browser.post("/password", {"password": PASSWORD, "new_password": "seven quiet harbours"})
    assert answer.location.startswith("/sign-in")
    assert browser.cookie("typed") is None


def test_nobody_reaches_it_with_the_password_alone(house: House):
    """A stolen password cannot be used to lock its owner out."""
    someone, browser = house.someone(), house.browser()
    house.password(browser, someone.email)
    assert browser.get("/password").location.startswith("/sign-in")
