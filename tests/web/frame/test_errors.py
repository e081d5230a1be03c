"""Whatever goes wrong, a page of ours says what to do, and gives nothing away."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from broker.web.frame.error_words import WORDS
from tests.web.house import Browser, House, title, visible

STATUS = {"refused": 403, "missing": 404, "moved": 409, "invalid": 422, "locked": 503, "site": 503}


@pytest.fixture
def said() -> Iterator[list[dict[str, object]]]:
    with capture_logs() as lines:
        yield lines  # type: ignore[misc]
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(("kind", "status"), STATUS.items())
def test_each_error_of_ours_has_its_status_and_its_page(visitor: Browser, kind: str, status: int):
    """The sentence of the error, what to do next, a reference and whom to call."""
    answer = visitor.get(f"/raise/{kind}")
    words = visible(answer)
    assert answer.status_code == status
    assert title(answer).startswith(WORDS[status].heading)
    assert answer.headers["X-Request-Id"] in words
    assert "the on-call desk, 555-0100" in words


def test_the_errors_own_words_are_shown(visitor: Browser):
    """The verb knows best what happened and what helps."""
    words = visible(visitor.get("/raise/refused"))
    assert "The policy says no." in words
    assert "Ask for less." in words


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503])
def test_every_status_the_product_answers_has_words(house: House, status: int):
    """Also for statuses that come from the framework."""
    from werkzeug.exceptions import default_exceptions

    def fail() -> str:
        raise default_exceptions.get(status, RuntimeError)

    house.app.add_url_rule("/fail", view_func=fail)
    answer = house.browser().get("/fail")
    words = WORDS[status]
    assert answer.status_code == status
    for sentence in (words.heading, words.sentence, words.next_step):
        assert sentence in visible(answer)


def test_an_unknown_address_and_a_wrong_method_have_our_pages(visitor: Browser):
    """404 and 405 with the methods that would work."""
    assert "There is nothing here" in visible(visitor.get("/nowhere"))
    visitor.get("/sign-in")
    answer = visitor.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_flood_of_text_is_refused_with_a_page(visitor: Browser):
    """64 KiB are enough for every form."""
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", {"email": "x" * 70_000})
    assert answer.status_code == 413
    assert "That is too much" in visible(answer)


def test_a_foreign_host_header_is_refused(house: House):
    """Nobody makes this broker write links to somewhere else; the plain page still comes out."""
    browser = house.browser()
    browser.base_url = "http://evil.example"
    answer = browser.get("/sign-in")
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert "BROKER_PUBLIC_URL" in answer.text
    assert "Reference" in visible(answer) or "reference" in visible(answer)


def test_the_pages_come_out_while_the_database_is_gone(house: House):
    """Also for somebody signed in, whose session cannot be read."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    with house.parts.store.write() as tx:
        tx.execute(text("ALTER TABLE sessions RENAME TO gone"))
    for path in ("/form", "/"):
        answer = browser.get(path)
        assert answer.status_code == 503
        assert "The broker cannot do this right now" in visible(answer)
        assert "the on-call desk, 555-0100" in visible(answer)


def test_signing_in_while_nothing_can_be_written_says_so(house: House):
    """A read-only database gives nobody a session, and a clear page."""
    someone, browser = house.someone(), house.browser()
    browser.get("/sign-in")
    with house.parts.store.write() as tx:
        tx.execute(text("ALTER TABLE sessions RENAME TO gone"))
    answer = house.password(browser, someone.email)
    assert answer.status_code == 503


def test_a_broken_template_still_leaves_an_answer(house: House):
    """Whatever else is broken, there is a sentence and a reference."""
    house.app.jinja_env.globals.clear()
    answer = house.browser().get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_crash_shows_and_logs_no_values(visitor: Browser, said: list[dict[str, object]]):
    """Neither the message of a foreign error nor the address, which may hold a token, is written anywhere."""
    answer = visitor.get("/crash/canary-token?patient=canary-patient")
    assert answer.status_code == 500
    assert "canary" not in answer.text
    line = next(line for line in said if line["event"] == "request_failed")
    assert line["error"] == "RuntimeError"
    assert line["rule"] == "/crash/<token>"
    assert "canary" not in json.dumps(said, default=str)


def test_what_was_typed_is_in_no_log(house: House, said: list[dict[str, object]]):
    """Passwords, codes and notes never get there, whichever error comes of them."""
    browser = house.browser()
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": "canary@demo.example", "password": "canary-password"})
    browser.post("/form", {"note": "canary-note", "csrf_token": "stale"})
    browser.post("/sign-in", {"email": "canary" * 20_000})
    assert said
    assert "canary" not in json.dumps(said, default=str)


def test_a_region_that_refreshes_itself_gets_a_sentence_and_no_page(visitor: Browser):
    """A whole page inside a page would be nonsense to look at and to hear."""
    answer = visitor.get("/raise/moved", **{"HX-Request": "true"})
    assert answer.status_code == 409
    assert "It was withdrawn meanwhile." in visible(answer)
    assert "<html" not in answer.text


def test_a_region_whose_session_ended_sends_the_page_to_sign_in(visitor: Browser):
    """Not the region: the sign-in form belongs to the whole window."""
    answer = visitor.get("/form", **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/sign-in"
    assert answer.text == ""


@pytest.mark.parametrize(
    ("around", "led_to"),
    [
        ("http://127.0.0.1:8000/form?x=1", "/sign-in?next=/form?x%3D1"),
        ("https://evil.example/form", "/sign-in?next=/form"),
        ("https://evil.example//evil.example/form", "/sign-in"),
        ("http://[", "/sign-in"),
        ("javascript:alert(1)", "/sign-in"),
        ("/nothing/here", "/sign-in"),
    ],
)
def test_the_page_around_a_region_is_where_people_come_back_to(visitor: Browser, around: str, led_to: str):
    """Not the region's own address, and never another site's."""
    answer = visitor.get("/form", **{"HX-Request": "true", "HX-Current-URL": around})
    assert answer.headers["HX-Redirect"] == led_to


def test_a_session_that_ends_in_the_middle_of_an_act_leads_to_sign_in(house: House):
    """The verb finds out last; the person still gets the way back instead of a refusal."""
    from broker.identity.sessions.sessions import SessionOver

    def act() -> str:
        raise SessionOver

    _add(house.app, "/acting", act)
    assert house.browser().get("/acting").location == "/sign-in?next=/acting"


def _add(app: Flask, path: str, view: object) -> None:
    app.add_url_rule(path, path, view_func=view)  # type: ignore[arg-type]
