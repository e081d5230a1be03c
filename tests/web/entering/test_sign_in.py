"""Password, code, and what each page says when one of them is wrong."""

from __future__ import annotations

import re

from broker.identity.people import Role
from tests.web.house import PASSWORD, Browser, House, title, visible

UNKNOWN = "nobody@demo.example"


def test_both_factors_lead_to_where_one_wanted_to_go(house: House):
    """A page that needs a sign-in is shown right after it."""
    someone, browser = house.someone(), house.browser()
    asked = browser.get("/form")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/form"
    assert house.sign_in(browser, someone, wanted="/form").location == "/form"
    assert browser.get("/form").status_code == 200


def test_an_unknown_email_and_a_wrong_password_look_the_same(house: House):
    """Nobody learns from this page who has an account."""
    house.someone("ada")

    def tried(email: str) -> str:
        browser = house.browser()
        browser.get("/sign-in")
        answer = browser.post("/sign-in", {"email": email, "password": "wrong " * 4})
        assert answer.status_code == 422
        changing = r'(value="[^"]{60,}"|req_\w+)'
        return re.sub(changing, "", answer.text).replace(email, "EMAIL")

    assert tried("ada@demo.example") == tried(UNKNOWN)


def test_a_failed_sign_in_keeps_the_email_and_begins_its_title_with_error(visitor: Browser):
    """The summary takes the focus, nothing but the password is typed again, and no part is named."""
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", {"email": UNKNOWN, "password": "wrong " * 4})
    assert title(answer).startswith("Error: ")
    assert "data-focus" in answer.text
    assert f'value="{UNKNOWN}"' in answer.text
    assert "wrong wrong" not in answer.text
    assert "The email or the password is not right." in visible(answer)


def test_empty_fields_are_named(visitor: Browser):
    """An empty field is told apart from a wrong one, with a link to it."""
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", {"email": " ", "password": ""})
    assert answer.status_code == 422
    assert 'href="#field-email"' in answer.text
    assert 'href="#field-password"' in answer.text


def test_too_many_tries_say_how_long_to_wait(visitor: Browser):
    """Known or not, the account says after some tries when to come back."""
    visitor.get("/sign-in")
    for _ in range(7):
        answer = visitor.post("/sign-in", {"email": UNKNOWN, "password": "wrong " * 4})
    assert answer.status_code == 429
    assert "too many wrong tries" in visible(answer)
    assert "Try again in about" in visible(answer)


def test_a_code_that_was_used_says_when_the_next_one_comes(house: House):
    """A replayed code is refused with a sentence that helps."""
    someone, code = house.someone(), ""
    code = someone.code()
    first, second = house.browser(), house.browser()
    for browser in (first, second):
        house.password(browser, someone.email)
        browser.get("/sign-in/code")
    assert first.post("/sign-in/code", {"code": code}).status_code == 303
    answer = second.post("/sign-in/code", {"code": code})
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    said = r"Your code was already used\. Wait for the next one \(about \d+ seconds?\)\."
    assert re.search(said, visible(answer))


def test_a_code_with_spaces_is_taken(house: House):
    """What a phone shows as 123 456 may be typed like that."""
    someone, browser = house.someone(), house.browser()
    house.password(browser, someone.email)
    browser.get("/sign-in/code")
    spaced = f" {someone.code()[:3]} {someone.code()[3:]} "
    assert browser.post("/sign-in/code", {"code": spaced}).status_code == 303


def test_a_recovery_code_opens_when_the_phone_is_gone(house: House):
    """The second way in has its own page and works once."""
    someone, browser = house.someone(), house.browser()
    house.password(browser, someone.email)
    page = browser.get("/sign-in/code?with=recovery")
    assert "Recovery code" in visible(page)
    code = someone.recovery_codes[0].lower().replace("-", " ")
    assert browser.post("/sign-in/code", {"code": code, "with": "recovery"}).status_code == 303
    assert browser.get("/form").status_code == 200


def test_a_wrong_recovery_code_stays_on_its_page(house: House):
    """The page one is on does not change under one's hands."""
    someone, browser = house.someone(), house.browser()
    house.password(browser, someone.email)
    browser.get("/sign-in/code?with=recovery")
    answer = browser.post("/sign-in/code", {"code": "0000-0000", "with": "recovery"})
    assert answer.status_code == 422
    assert "Recovery code" in visible(answer)


def test_the_password_alone_opens_only_the_form_that_asks_for_the_code(house: House):
    """In a hurry one gives the code once, on that form; every other page waits for it."""
    someone, browser = house.someone("ada", Role.REVIEWER), house.browser()
    assert house.password(browser, someone.email, wanted="/hurried-form").location == "/hurried-form"
    assert browser.get("/hurried-form").status_code == 200
    for path in ["/", "/form", "/sessions", "/reviewers-only"]:
        assert browser.get(path).location.startswith("/sign-in/code?next=")
    assert browser.get("/factor").location.startswith("/sign-in/code")


def test_the_header_says_nothing_before_the_code(house: House):
    """With the password alone, neither name nor live access is shown."""
    someone, browser = house.someone("ada"), house.browser()
    house.password(browser, someone.email)
    assert "Sign out" not in visible(browser.get("/sign-in/code"))


def test_signing_out_ends_the_session_on_the_server(house: House):
    """The cookie that was copied before opens nothing afterwards."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    copied = browser.cookie("session")
    assert copied is not None
    browser.get("/form")
    assert browser.post("/sign-out").location == "/sign-in"
    browser.plant("session", copied)
    assert browser.get("/form").location.startswith("/sign-in")


def test_get_signs_nobody_out(house: House):
    """A link on another site cannot end a session."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    assert browser.get("/sign-out").status_code == 405
    assert browser.get("/form").status_code == 200


def test_a_disabled_person_cannot_tell_the_difference(house: House):
    """The password is right and still nothing is given away."""
    someone, browser = house.someone(), house.browser()
    from broker.identity.disable import disable

    with house.parts.store.write() as tx:
        disable(tx, house.parts.ledger, someone.id, actor="setup")
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"email": someone.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert "The email or the password is not right." in visible(answer)
