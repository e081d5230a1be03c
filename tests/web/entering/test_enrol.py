"""A newcomer sets up a phone; others replace it."""

from __future__ import annotations

import re

import pyotp
from sqlalchemy import func, select

from broker.identity.tables import totp_factors
from tests.web.house import Browser, House, title, visible


def _secret(page: str) -> str:
    found = re.search(r"data-copy-source[^>]*>([A-Z2-7 ]+)<", page)
    assert found
    return found[1].replace(" ", "")


def _codes(page: str) -> list[str]:
    return re.findall(r"<code>([0-9A-Z-]{29})</code>", page)


def _newcomer(house: House) -> Browser:
    house.newcomer("eve")
    browser = house.browser()
    answer = house.password(browser, "eve@demo.example", wanted="/form")
    assert answer.location == "/factor?next=/form"
    browser.follow(answer)
    return browser


def test_a_newcomer_goes_from_the_password_to_the_picture_to_the_page_wanted(house: House):
    """Scan, type the first code, keep ten recovery codes, and go on signed in."""
    browser = _newcomer(house)
    scan = browser.post("/factor/begin", {"next": "/form"})
    assert "<svg" in scan.text
    code = pyotp.TOTP(_secret(scan.text)).at(house.clock.wall())
    done = browser.post("/factor/confirm", {"code": code, "next": "/form"})
    assert len(_codes(done.text)) == 10
    assert 'href="/form"' in done.text
    assert browser.get("/form").status_code == 200


def test_looking_at_the_page_makes_no_secret(house: House):
    """A prefetched GET changes nothing."""
    browser = _newcomer(house)
    browser.get("/factor")
    with house.parts.store.read() as reader:
        assert reader.execute(select(func.count()).select_from(totp_factors)).scalar_one() == 0


def test_a_wrong_first_code_shows_the_same_picture_again(house: House):
    """The phone has scanned it already; a new one would only confuse."""
    browser = _newcomer(house)
    scan = browser.post("/factor/begin")
    answer = browser.post("/factor/confirm", {"code": "000000"})
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert _secret(answer.text) == _secret(scan.text)


def test_a_picture_that_waited_too_long_begins_anew(house: House):
    """After a quarter of an hour the way leads back to the page that explains, not into an error."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/factor")
    browser.post("/factor/begin", {"what": "phone", "code": someone.code()})
    house.clock.advance(minutes=16)
    assert browser.post("/factor/confirm", {"code": "000000"}).location.startswith("/factor")


def test_a_stolen_password_cannot_replace_a_phone(house: House):
    """With the password alone there is no way past the factor that exists."""
    someone, browser = house.someone(), house.browser()
    browser.follow(house.password(browser, someone.email))
    for path in ("/factor/begin", "/factor/confirm"):
        assert browser.post(path, {"code": "000000"}).location.startswith("/sign-in/code")


def test_another_phone_needs_a_code_from_the_one_in_use(house: House):
    """And until the new one has proved itself, the old one works."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/factor")
    assert browser.post("/factor/begin", {"what": "phone", "code": "000000"}).status_code == 422
    scan = browser.post("/factor/begin", {"what": "phone", "code": someone.code()})
    code = pyotp.TOTP(_secret(scan.text)).at(house.clock.wall())
    done = browser.post("/factor/confirm", {"code": code})
    assert len(_codes(done.text)) == 10


def test_new_recovery_codes_replace_the_old_ones(house: House):
    """The list in the drawer is worthless from then on."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    assert "You have 10 recovery codes left." in visible(browser.get("/factor"))
    done = browser.post("/factor/begin", {"what": "codes", "code": someone.code()})
    assert len(_codes(done.text)) == 10
    assert not set(_codes(done.text)) & set(someone.recovery_codes)


def test_a_second_browser_is_not_shown_the_secret_of_the_first(house: House):
    """Whoever knows the password too learns nothing of the phone that is being set up, and cannot finish it."""
    browser, thief = _newcomer(house), house.browser()
    secret = _secret(browser.post("/factor/begin").text)
    house.password(thief, "eve@demo.example")
    thief.get("/factor")
    answer = thief.post("/factor/confirm", {"code": "000000"})
    assert answer.location.startswith("/factor")
    assert secret[:4] not in answer.text
    code = pyotp.TOTP(secret).at(house.clock.wall())
    assert thief.post("/factor/confirm", {"code": code}).status_code == 303
    assert len(_codes(browser.post("/factor/confirm", {"code": code}).text)) == 10


def test_another_phone_signs_out_everywhere_else(house: House):
    """Whoever lost the old phone, or had it stolen, is alone with the account afterwards; the ledger says why."""
    someone, here, elsewhere = house.someone(), house.browser(), house.browser()
    house.sign_in(elsewhere, someone)
    house.sign_in(here, someone)
    here.get("/factor")
    scan = here.post("/factor/begin", {"what": "phone", "code": someone.code()})
    here.post("/factor/confirm", {"code": pyotp.TOTP(_secret(scan.text)).at(house.clock.wall())})
    assert here.get("/form").status_code == 200
    assert elsewhere.get("/form").status_code == 303


def test_new_recovery_codes_sign_out_everywhere_else(house: House):
    """Whoever may have seen the old list is out; the browser they were asked for in stays signed in."""
    someone, here, elsewhere = house.someone(), house.browser(), house.browser()
    house.sign_in(elsewhere, someone)
    house.sign_in(here, someone)
    here.get("/factor")
    here.post("/factor/begin", {"what": "codes", "code": someone.code()})
    assert here.get("/sessions").status_code == 200
    assert elsewhere.get("/sessions").status_code == 303
