"""Text no database takes is refused at the door."""

from __future__ import annotations

import pytest

from tests.web.house import House, title


@pytest.mark.parametrize("path", ["/requests/%00", "/history?after=%00", "/sign-in?%00=1", "/links/a%00b"])
def test_a_null_in_the_address_is_refused(house: House, path: str):
    """A plain page says that it did not arrive in one piece."""
    answer = house.browser().get(path)
    assert answer.status_code == 400
    assert title(answer).startswith("This did not arrive in one piece")


def test_a_null_in_a_form_is_refused(house: House):
    """Whatever the field, and whatever else is in the form."""
    browser = house.browser()
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"email": "a\0@demo.example", "password": "x"}).status_code == 400
    assert (
        browser.post("/sign-in", {"email": "a@demo.example", "password": "x", "n\0": ""}).status_code == 400
    )
