"""A whole broker behind Flask's test client, and a browser that keeps its cookies and form tokens."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.clock import SettableClock
from broker.identity.factors.enrol import Enrolled, begin_enrolment, confirm_enrolment
from broker.identity.people import Role, add_person
from broker.identity.signing_in.passwords import keep_hash
from broker.web.parts import Parts

PASSWORD = "correct horse battery"


@dataclass
class Browser:
    """Follows no redirect by itself, and sends the form token of the page it saw last."""

    client: FlaskClient
    base_url: str
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._seen(self.client.get(path, base_url=self.base_url, headers={**self.headers, **headers}))

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> TestResponse:
        typed = {"csrf_token": self.token, **(form or {})}
        sent = {**self.headers, **headers}
        return self._seen(self.client.post(path, base_url=self.base_url, data=typed, headers=sent))

    def follow(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code == 303, answer.status
        return self.get(answer.location)

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name, domain="127.0.0.1")
        return found.value if found else None

    def plant(self, name: str, value: str) -> None:
        self.client.set_cookie(name, value, domain="127.0.0.1")

    def _seen(self, answer: TestResponse) -> TestResponse:
        answer.get_data()
        answer.close()
        if "text/html" in answer.content_type:
            found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
            self.token = found[1] if found else self.token
        return answer


@dataclass(frozen=True)
class Someone:
    """A person with both factors and a phone that goes by the true time."""

    id: str
    email: str
    secret: str
    recovery_codes: tuple[str, ...]
    clock: SettableClock

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.wall())


@dataclass(frozen=True)
class House:
    """One broker, its people and its doors."""

    app: Flask
    parts: Parts
    clock: SettableClock
    password_hash: str

    def browser(self) -> Browser:
        return Browser(self.app.test_client(), self.parts.settings.base_url)

    def newcomer(self, name: str, *roles: Role) -> str:
        """Somebody with a password and nothing else; answers the id."""
        ledger = self.parts.ledger
        with self.parts.store.write() as tx:
            person = add_person(
                tx, ledger, email=f"{name}@demo.example", name=name, roles=roles, actor="setup"
            )
            keep_hash(tx, person.id, self.password_hash)
        return person.id

    def someone(self, name: str = "ada", *roles: Role) -> Someone:
        """Somebody with both factors; the clock then stands two codes later."""
        lobby, person_id, wall = self.parts.lobby, self.newcomer(name, *roles), self.clock.wall()
        with self.parts.store.write() as tx:
            secret = begin_enrolment(tx, lobby.box, person_id).secret.replace(" ", "")
            first = pyotp.TOTP(secret).at(wall)
            enrolled = confirm_enrolment(tx, self.parts.ledger, lobby.box, person_id, first, wall=wall)
        assert isinstance(enrolled, Enrolled)
        self.clock.advance(seconds=60)
        return Someone(person_id, f"{name}@demo.example", secret, enrolled.recovery_codes, self.clock)

    def password(self, browser: Browser, email: str, *, wanted: str = "/") -> TestResponse:
        browser.get("/sign-in")
        return browser.post("/sign-in", {"email": email, "password": PASSWORD, "next": wanted})

    def sign_in(self, browser: Browser, person: Someone, *, wanted: str = "/") -> TestResponse:
        """Both steps; the clock then stands two codes later."""
        browser.follow(self.password(browser, person.email, wanted=wanted))
        answer = browser.post("/sign-in/code", {"code": person.code(), "next": wanted})
        assert answer.status_code == 303, visible(answer)
        self.clock.advance(seconds=60)
        return answer


def visible(answer: TestResponse) -> str:
    """The words of a page, without its tags."""
    body = answer.text.partition("<body")[2] or answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def title(answer: TestResponse) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)
    assert found, answer.text[:200]
    return html.unescape(found[1])
