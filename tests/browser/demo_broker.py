"""The real broker, started as `broker demo run` starts it, and a hand inside to set scenes."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyotp

from broker.access.equipment import TypedCode
from broker.app import build_parts
from broker.demo import DOMAIN, usable_code
from broker.identity.caller import Caller
from broker.identity.factors.enrol import begin_enrolment, confirm_enrolment
from broker.identity.factors.refusal import FactorRefused, Refusal
from broker.identity.factors.step_up import Method
from broker.identity.people import Person, Role, add_person, by_email, by_id
from broker.identity.sessions import sessions
from broker.identity.signing_in.passwords import hash_password, keep_hash
from broker.ledger.entry import Entry
from broker.settings import Settings

PASSWORD = "a-password-for-browsers"
READY_WITHIN = 60  # seconds; hashing the demo's password and sealing its recording come first
_NUMBERS = itertools.count(1)


@dataclass
class Member:
    """Somebody with an account, a phone, and recovery codes for when two codes in a minute are not enough."""

    broker: DemoBroker
    person: Person
    recovery_codes: list[str] = field(default_factory=list)

    @property
    def email(self) -> str:
        return self.person.email

    def code(self) -> str:
        """What can be typed into a code field now and was not used before."""
        answer = usable_code(self.broker.parts, self.email)
        if not isinstance(answer, timedelta):
            return answer.code
        if self.recovery_codes:
            return self.recovery_codes.pop()
        time.sleep(answer.total_seconds())
        return self.code()

    def typed(self) -> TypedCode:
        return TypedCode(self.code(), "192.0.2.10")

    def token(self, *, first_factor: bool = False) -> str:
        """Of a new session, as a sign-in would have begun it."""
        parts, who = self.broker.parts, self.person.id
        with parts.store.write() as tx:
            opened = sessions.begin(tx, who, Caller("127.0.0.1", "Chromium"))
            if first_factor:
                return opened.token
            opened = sessions.elevate(tx, opened.token, Method.TOTP)
            # A session the ledger knows nothing of would be reported as forged.
            facts = {"session": opened.session_id, "factor": "totp", "source": "127.0.0.1"}
            parts.ledger.append(tx, Entry("person.signed_in", who, subject=who, facts=facts))
            return opened.token


class DemoBroker:
    """A process of its own on a free port; ``parts`` are the same broker's in this process."""

    command = ("-m", "broker", "demo", "run")

    def __init__(self, state_dir: Path, policies: Path | None = None, **environment: str) -> None:
        self._folder = state_dir
        self._log = state_dir / "broker.log"
        # Known before the broker listens, because its address stands in the mails.
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BROKER_")},
            "BROKER_STATE_DIR": str(state_dir),
            "BROKER_PORT": str(port),
            "BROKER_DEMO_PASSWORD": PASSWORD,
            "BROKER_ON_CALL_CONTACT": "the on-call desk, extension 5500",
            **({"BROKER_POLICIES_PATH": str(policies)} if policies else {}),
            **environment,
        }
        settings = {"state_dir": state_dir, "port": port, "demo": True}
        self._settings = Settings(**{**settings, **({"policies_path": policies} if policies else {})})  # type: ignore[arg-type]
        self._hash = hash_password(PASSWORD)

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.command],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                # So that all of it can be killed at once, as a machine that stops does.
                start_new_session=True,
            )
        until = time.monotonic() + READY_WITHIN
        while f"Ready at {self.url}" not in self.said():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise AssertionError(f"the demo broker did not start:\n{self.said()}")
            time.sleep(0.1)
        self.parts = build_parts(self._settings)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._kill_group()
        self._let_go()

    def kill(self) -> None:
        """No goodbye: SIGKILL to every process of it."""
        self._kill_group()
        self._let_go()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _let_go(self) -> None:
        if hasattr(self, "parts"):
            self.parts.store.engine.dispose()

    def said(self) -> str:
        """Everything the process printed."""
        return self._log.read_text(errors="replace")

    def demo(self, role: Role) -> Member:
        """One of the four people the demo came with."""
        with self.parts.store.read() as reader:
            person = by_email(reader, f"{role}@{DOMAIN}")
        if person is None:
            raise AssertionError(f"the demo has no {role}")
        return Member(self, person)

    def join(self, *roles: Role, enrolled: bool = True) -> Member:
        """Somebody new, so that no test spends another's codes or sees another's access."""
        number = next(_NUMBERS)
        name = f"{roles[0].value.capitalize()} {number}"
        email = f"{roles[0]}{number}@{DOMAIN}"
        parts = self.parts
        with parts.store.write() as tx:
            person = add_person(tx, parts.ledger, email=email, name=name, roles=roles, actor="demo")
            keep_hash(tx, person.id, self._hash)
        return self._enrol(person) if enrolled else Member(self, person)

    def _enrol(self, person: Person) -> Member:
        parts, wall = self.parts, self.parts.clock.wall()
        with parts.store.write() as tx:
            secret = begin_enrolment(tx, parts.lobby.box, person.id).secret.replace(" ", "")
            # The code of the step before leaves the present one and the next.
            code = pyotp.TOTP(secret).at(wall, counter_offset=-1)
            enrolled = confirm_enrolment(tx, parts.ledger, parts.lobby.box, person.id, code, wall=wall)
            if isinstance(enrolled, Refusal):
                raise FactorRefused(enrolled)
            return Member(self, by_id(tx, person.id), list(enrolled.recovery_codes))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
