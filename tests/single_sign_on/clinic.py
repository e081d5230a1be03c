"""Both sides, and people who walk between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyotp
import requests

from broker.identity.factors.enrol import Enrolled, begin_enrolment, confirm_enrolment
from broker.identity.people import Person, Role, add_person
from broker.identity.signing_in.passwords import hash_password, keep_hash
from tests.single_sign_on.provider.running import MFA, RunningProvider, walk
from tests.single_sign_on.served_broker import ServedBroker, Window

PASSWORD = "seven wards and a kettle"


@dataclass
class Clinic:
    broker: ServedBroker
    provider: RunningProvider

    def window(self) -> Window:
        return Window(self.broker)

    def leave(self, window: Window, wanted: str = "/") -> requests.Response:
        """The redirect to the provider."""
        answer = window.get(f"/sso/begin?next={wanted}")
        assert answer.status_code == 303, answer.text
        assert answer.headers["Location"].startswith(self.provider.issuer)
        return answer

    def way_back(self, window: Window, who: str, *, how: str = MFA, wanted: str = "/", **typed: str) -> str:
        """The address the provider sends the browser back to, not opened yet."""
        answer = walk(window.browser, self.leave(window, wanted), who, how=how, **typed)
        return answer.headers["Location"]

    def sign_in(
        self, window: Window, who: str, *, how: str = MFA, wanted: str = "/", **typed: str
    ) -> requests.Response:
        """What the broker answers to the browser that comes back."""
        return window.get(self.way_back(window, who, how=how, wanted=wanted, **typed))

    def add(self, email: str, roles: Iterable[Role]) -> Person:
        parts = self.broker.parts
        with parts.store.write() as tx:
            return add_person(tx, parts.ledger, email=email, name="Somebody", roles=roles, actor="setup")

    def known(self, email: str) -> Person:
        person = self.broker.person(email)
        assert person is not None
        return person

    def give_factor(self, email: str) -> None:
        """A phone of their own; every session of theirs is over by that."""
        parts, person = self.broker.parts, self.known(email)
        wall = parts.clock.wall()
        with parts.store.write() as tx:
            secret = begin_enrolment(tx, parts.lobby.box, person.id).secret.replace(" ", "")
            code = pyotp.TOTP(secret).at(wall)
            done = confirm_enrolment(tx, parts.ledger, parts.lobby.box, person.id, code, wall=wall)
        assert isinstance(done, Enrolled)

    def give_password(self, email: str) -> None:
        hashed = hash_password(PASSWORD)
        with self.broker.parts.store.write() as tx:
            keep_hash(tx, self.known(email).id, hashed)

    def password(self, window: Window, email: str) -> requests.Response:
        window.get("/sign-in")
        return window.post("/sign-in", email=email, password=PASSWORD)
