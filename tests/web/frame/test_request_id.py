"""One id for one request."""

from __future__ import annotations

import pytest

from tests.web.house import Browser


def test_each_request_has_its_own_id(visitor: Browser):
    """What a person reads out on the phone finds one line in the log."""
    first, second = (visitor.get("/sign-in").headers["X-Request-Id"] for _ in range(2))
    assert first.startswith("req_")
    assert first != second


def test_an_id_given_by_the_proxy_is_kept(visitor: Browser):
    """So that its log and ours tell of the same request."""
    assert (
        visitor.get("/sign-in", **{"X-Request-Id": "edge-0123_abc"}).headers["X-Request-Id"]
        == "edge-0123_abc"
    )


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "<script>alert(1)</script>", "with space 1234", "a\x1b[31mred12"]
)
def test_an_id_that_could_do_harm_is_replaced(visitor: Browser, given: str):
    """It is shown on pages and written to logs."""
    answer = visitor.get("/nowhere", **{"X-Request-Id": given})
    assert answer.headers["X-Request-Id"].startswith("req_")
    assert given not in answer.text
