"""What every answer tells the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.house import Browser, House

EVERY_KIND = ["/sign-in", "/", "/nowhere", "/raise/locked", "/crash/x", "/healthz", "/static/broker.css"]


@pytest.mark.parametrize("path", EVERY_KIND)
def test_the_strict_headers_are_on_every_answer(visitor: Browser, path: str):
    """Pages, redirects, errors and files carry the policy; no inline script, no frame, no referrer."""
    headers = visitor.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("path", [path for path in EVERY_KIND if not path.startswith("/static")])
def test_nothing_but_our_own_files_may_be_stored(visitor: Browser, path: str):
    """Whatever could hold something about a person is not kept by any cache."""
    assert visitor.get(path).headers["Cache-Control"] == "no-store"


def test_files_may_be_kept_and_set_no_cookie(visitor: Browser):
    """The style and the script are revalidated, not fetched again for every page."""
    answer = visitor.get("/static/broker.css")
    assert answer.headers["Cache-Control"] != "no-store"
    assert answer.headers["ETag"]
    assert "Set-Cookie" not in answer.headers


def test_tls_is_remembered_where_it_is_used(house_with: Callable[..., House]):
    """Reached over https, the browser is told to come back that way only."""
    house = house_with(public_url="https://broker.example")
    told = house.browser().get("/sign-in").headers["Strict-Transport-Security"]
    assert told == "max-age=63072000; includeSubDomains"


def test_signing_out_empties_what_the_browser_kept(house: House):
    """Whoever sits down next at a ward PC finds nothing of the one before."""
    browser = house.browser()
    house.sign_in(browser, house.someone())
    browser.get("/sessions")
    answer = browser.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert browser.cookie("session") is None


def test_no_page_carries_what_the_policy_forbids(house: House):
    """No inline script, style or handler: the browser would drop it, and somebody would miss it."""
    browser = house.browser()
    house.sign_in(browser, house.someone())
    for path in ["/", "/sessions", "/factor", "/form", "/nowhere"]:
        page = browser.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert "<script>" not in page
