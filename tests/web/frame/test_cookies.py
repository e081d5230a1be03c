"""The cookies and their flags."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.house import Browser, House


def _set(answer: object) -> dict[str, str]:
    lines = answer.headers.getlist("Set-Cookie")  # type: ignore[attr-defined]
    return {line.split("=", 1)[0]: line for line in lines}


def test_every_cookie_is_hidden_from_scripts_and_from_other_sites(house: House):
    """HttpOnly and SameSite=Lax, on the whole way in."""
    someone, browser = house.someone(), house.browser()
    answers = [browser.get("/sign-in"), house.password(browser, someone.email)]
    browser.get("/sign-in/code")
    answers.append(browser.post("/sign-in/code", {"code": someone.code()}))
    lines = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    assert {line.split("=", 1)[0] for line in lines} == {"form", "session", "browser"}
    for line in lines:
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
        assert "Path=/" in line


def test_over_tls_each_cookie_is_secure_and_bound_to_this_host(house_with: Callable[..., House]):
    """The __Host- prefix, Secure, and no Domain: a neighbour domain cannot plant one."""
    house = house_with(public_url="https://broker.example")
    someone, browser = house.someone(), house.browser()
    browser.get("/sign-in")
    answer = house.password(browser, someone.email)
    assert set(_set(answer)) == {"__Host-form", "__Host-session"}
    for line in _set(answer).values():
        assert "Secure" in line
        assert "Domain" not in line
    browser.get("/sign-in/code")
    final = browser.post("/sign-in/code", {"code": someone.code()})
    assert "__Host-browser" in _set(final)
    assert browser.get("/form").status_code == 200


def test_the_session_changes_its_token_with_each_factor(house: House):
    """A token that somebody planted or saw before the code opens nothing after it."""
    someone, browser = house.someone(), house.browser()
    house.password(browser, someone.email)
    before = _token(browser)
    browser.get("/sign-in/code")
    browser.post("/sign-in/code", {"code": someone.code()})
    after = _token(browser)
    assert before != after
    browser.plant("session", before)
    assert browser.get("/form").location.startswith("/sign-in?")


def test_a_planted_token_is_not_taken_over(house: House):
    """A session cookie from elsewhere is replaced at the sign-in, never adopted."""
    someone, browser = house.someone(), house.browser()
    browser.plant("session", "A" * 43)
    house.password(browser, someone.email)
    assert _token(browser) != "A" * 43


def test_the_browser_cookie_cannot_be_made_up(house: House):
    """Only one that we signed counts as a browser known from before."""
    browser = house.browser()
    browser.plant("browser", "browser_0000")
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"email": "nobody@demo.example", "password": "wrong " * 4})
    assert answer.status_code == 422


def test_dropped_cookies_are_dropped_under_the_same_flags(house_with: Callable[..., House]):
    """A browser refuses to delete a __Host- cookie by an answer without Secure."""
    house = house_with(public_url="https://broker.example")
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    line = _set(browser.post("/sign-out"))["__Host-session"]
    assert "Secure" in line
    assert "Path=/" in line


def _token(browser: Browser) -> str:
    cookie = browser.cookie("session")
    assert cookie is not None
    return cookie
