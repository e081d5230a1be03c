"""Where a page may send its reader on to."""

from __future__ import annotations

import pytest

from broker.web.frame.own_path import LONGEST, own_path
from tests.web.house import House

FOREIGN = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/form\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "evil.example",
    "///evil.example",
    "/%2f/evil.example/..",
    "http:evil.example",
    "/static/broker.css",
    "/nowhere",
    "/form?" + "x" * (LONGEST - 5),
    "",
]


@pytest.mark.parametrize("path", FOREIGN)
def test_a_foreign_or_unknown_address_leads_to_the_start_page(house: House, path: str):
    """An open redirect would lend our name to a phishing page."""
    with house.app.test_request_context(base_url=house.parts.settings.base_url):
        assert own_path(path) == "/"


@pytest.mark.parametrize(
    "path", ["/", "/form", "/form?person=p_1&page=2", "/sessions", "/form?" + "x" * (LONGEST - 6)]
)
def test_our_own_pages_are_kept_with_their_query(house: House, path: str):
    """Filters in the address survive the sign-in."""
    with house.app.test_request_context(base_url=house.parts.settings.base_url):
        assert own_path(path) == path


@pytest.mark.parametrize("path", FOREIGN[:9])
def test_signing_in_never_leaves_this_broker(house: House, path: str):
    """The whole way through both steps, with the address in the link and in the form."""
    someone, browser = house.someone(), house.browser()
    assert house.sign_in(browser, someone, wanted=path).location == "/"
    assert browser.get("/sign-in").location == "/"
