"""People to sign in, with real hashes, a real ledger and a phone that shows codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import pytest
from sqlalchemy import select

from broker.clock import SettableClock
from broker.identity.caller import Caller
from broker.identity.factors.enrol import Enrolled, begin_enrolment, confirm_enrolment
from broker.identity.people import Role, add_person
from broker.identity.secret_box import SecretBox
from broker.identity.signing_in.passwords import hash_password, keep_hash
from broker.identity.signing_in.sign_in import Lobby, check_code, check_password
from broker.ledger.body import decompose
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.store import Store

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Phone:
    """Holds a secret as an authenticator app does, and goes by the true time."""

    secret: str
    clock: SettableClock

    def code(self, *, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.wall(), counter_offset=steps)

    def wrong_code(self) -> str:
        near = {self.code(steps=steps) for steps in range(-3, 4)}
        return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


@dataclass(frozen=True)
class Someone:
    id: str
    email: str
    phone: Phone
    recovery_codes: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """Signs in from one place."""

    lobby: Lobby
    clock: SettableClock
    caller: Caller

    def password(self, email: str, password: str = PASSWORD) -> str:
        return check_password(self.lobby, self.caller, email=email, password=password).opened.token

    def code(self, token: str, code: str) -> str:
        return check_code(self.lobby, self.caller, token=token, code=code, wall=self.clock.wall()).token

    def sign_in(self, someone: Someone) -> str:
        return self.code(self.password(someone.email), someone.phone.code())


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once: hashing is slow on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def box() -> SecretBox:
    return SecretBox(bytes(range(32)))


@pytest.fixture
def lobby(store: Store, ledger: Ledger, box: SecretBox) -> Lobby:
    return Lobby(store, ledger, box)


@pytest.fixture
def desk_at(lobby: Lobby, clock: SettableClock) -> Callable[[str], Desk]:
    return lambda source: Desk(lobby, clock, Caller(source, "Ward PC"))


@pytest.fixture
def desk(desk_at: Callable[[str], Desk]) -> Desk:
    return desk_at("192.0.2.10")


@pytest.fixture
def newcomer(store: Store, ledger: Ledger, password_hash: str) -> str:
    """The id of a clinician with a password and no second factor yet."""
    with store.write() as tx:
        person = add_person(
            tx,
            ledger,
            email="newcomer@clinic.example",
            name="Newcomer",
            roles=[Role.CLINICIAN],
            actor="broker",
        )
        keep_hash(tx, person.id, password_hash)
    return person.id


@pytest.fixture
def clinician(
    store: Store, ledger: Ledger, box: SecretBox, clock: SettableClock, password_hash: str
) -> Someone:
    """A clinician with password, phone and recovery codes; enrolled long enough ago for a fresh code."""
    email = "clinician@clinic.example"
    with store.write() as tx:
        person = add_person(tx, ledger, email=email, name="Clinician", roles=[Role.CLINICIAN], actor="broker")
        keep_hash(tx, person.id, password_hash)
        phone = Phone(begin_enrolment(tx, box, person.id).secret.replace(" ", ""), clock)
        enrolled = confirm_enrolment(tx, ledger, box, person.id, phone.code(), wall=clock.wall())
    assert isinstance(enrolled, Enrolled)
    clock.advance(minutes=2)
    return Someone(person.id, email, phone, enrolled.recovery_codes)


@pytest.fixture
def events(store: Store) -> Callable[[], list[str]]:
    """The names of all ledger entries so far, in order."""

    def read() -> list[str]:
        with store.read() as reader:
            return [
                row.event for row in reader.all(select(ledger_entries.c.event).order_by(ledger_entries.c.seq))
            ]

    return read


@pytest.fixture
def told(store: Store) -> Callable[[str], Entry]:
    """The last ledger entry of a name."""

    def read(event: str) -> Entry:
        last = select(ledger_entries).where(ledger_entries.c.event == event)
        with store.read() as reader:
            row = reader.all(last.order_by(ledger_entries.c.seq))[-1]
        return decompose(row.body, row.digest).entry

    return read


@pytest.fixture
def ledger_text(store: Store) -> Callable[[], str]:
    """Everything the ledger holds, as text to search for what must not be there."""

    def read() -> str:
        with store.read() as reader:
            return "\n".join(row.body for row in reader.all(select(ledger_entries.c.body)))

    return read
