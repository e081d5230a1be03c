"""What was typed survives a session that ended, a form that grew stale, and nothing else."""

from __future__ import annotations

from broker.web.frame.typed import KEPT_SECONDS
from tests.web.house import House, visible

NOTE = "Ward 4 needs the dose & the allergy list <now>"
TYPED = {"patient": "PAT-1042", "note": NOTE, "code": "123456", "password": "hunter2hunter2"}


def test_a_form_sent_after_the_session_ended_comes_back_filled_in(house: House):
    """Away for an hour, sent, signed in again: the text is there, the code is not."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    house.clock.advance(hours=1)
    sent = browser.post("/form", TYPED)
    assert sent.status_code == 303
    assert sent.location == "/sign-in?next=/form"
    house.sign_in(browser, someone, wanted="/form")
    page = browser.get("/form").text
    assert "PAT-1042" in page
    assert "Ward 4 needs the dose &amp; the allergy list &lt;now&gt;" in page
    assert "123456" not in page
    assert "hunter2" not in page


def test_it_comes_back_once(house: House):
    """A form opened later for somebody else begins empty."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    house.clock.advance(hours=1)
    browser.post("/form", TYPED)
    house.sign_in(browser, someone, wanted="/form")
    assert "PAT-1042" in browser.get("/form").text
    assert "PAT-1042" not in browser.get("/form").text


def test_the_next_person_at_the_same_browser_does_not_see_it(house: House):
    """A ward PC is shared: what one person typed is not shown to another."""
    ada, bob, browser = house.someone("ada"), house.someone("bob"), house.browser()
    house.sign_in(browser, ada)
    browser.get("/form")
    house.clock.advance(hours=1)
    browser.post("/form", TYPED)
    house.sign_in(browser, bob, wanted="/form")
    assert "PAT-1042" not in browser.get("/form").text


def test_it_is_forgotten_after_a_while(house: House):
    """A quarter of an hour is enough to find the phone."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    house.clock.advance(hours=1)
    browser.post("/form", TYPED)
    house.clock.advance(seconds=KEPT_SECONDS + 1)
    house.sign_in(browser, someone, wanted="/form")
    assert "PAT-1042" not in browser.get("/form").text


def test_the_cookie_tells_nobody_what_was_typed(house: House):
    """It is sealed: patient and note cannot be read on the disk of the ward PC, nor altered."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    house.clock.advance(hours=1)
    answer = browser.post("/form", TYPED)
    cookie = browser.cookie("typed")
    assert cookie is not None
    assert len(cookie) < 4000
    assert "PAT-1042" not in answer.headers["Set-Cookie"]
    browser.plant("typed", cookie[:-4] + "AAAA")
    house.sign_in(browser, someone, wanted="/form")
    assert browser.get("/form").status_code == 200


def test_what_no_cookie_holds_is_not_kept_and_nothing_breaks(house: House):
    """The longest note a form takes fits; a flood does not and is dropped."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    house.clock.advance(hours=1)
    answer = browser.post("/form", {"note": "x" * 20_000})
    assert answer.status_code == 303
    assert not any(line.startswith("typed=") for line in answer.headers.getlist("Set-Cookie"))


def test_an_address_that_only_takes_posts_leads_back_to_the_start_page(house: House):
    """There is no form to come back to, and no page that answers 405."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    house.clock.advance(hours=1)
    assert browser.post("/things/t_1/end").location == "/sign-in"


def test_a_form_without_its_token_is_not_sent_and_keeps_its_text(house: House):
    """Our own page, not a bare 400; the way back has the text in it."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    answer = browser.post("/form", {**TYPED, "csrf_token": "stale"}, **{"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    assert "This form was open for too long" in visible(answer)
    assert 'href="/form"' in answer.text
    assert NOTE.split("&", maxsplit=1)[0] in browser.get("/form").text


def test_another_site_cannot_fill_in_our_forms(house: House):
    """A forged POST does nothing, and leaves nothing behind that somebody might send by mistake."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    for site in ("cross-site", "same-site", ""):
        answer = browser.post("/form", {**TYPED, "csrf_token": "forged"}, **{"Sec-Fetch-Site": site})
        assert answer.status_code == 400
        assert "PAT-1042" not in browser.get("/form").text


def test_signing_out_forgets_it(house: House):
    """Whoever signs out leaves nothing at the ward PC."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    browser.post("/form", {**TYPED, "csrf_token": "stale"}, **{"Sec-Fetch-Site": "same-origin"})
    browser.get("/sessions")
    browser.post("/sign-out")
    assert browser.cookie("typed") is None
