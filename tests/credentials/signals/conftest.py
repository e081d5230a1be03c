"""A clinic whose ends of access are told to a receiver that really runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from broker.access.activate import activate
from broker.access.grant import get_grant
from broker.clock import SettableClock, new_id
from broker.credentials.signals.couriers import Couriers
from broker.credentials.signals.deliver import Desk
from broker.credentials.signals.observer import SignalQueue
from broker.credentials.signals.read import Told, Undelivered, told, undelivered
from broker.credentials.signals.receivers import Receiver, new_receiver, register
from broker.credentials.tokens.access_token import AccessToken
from broker.credentials.tokens.rows import insert_token
from broker.ledger.chain import Ledger
from broker.sealing import Seal
from broker.store import Store
from tests.credentials.signals.receiver_server import ReceiverServer
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory

ISSUER = "https://broker.clinic.example"
AUDIENCE = "https://portal.clinic.example/signals"
RECORDS = "https://portal.clinic.example/records"


@dataclass
class Office:
    """The clinic, its desk, and what tests do there."""

    clinic: Clinic
    desk: Desk
    keys: KeysInMemory

    @property
    def store(self) -> Store:
        return self.clinic.store

    def add(
        self, url: str, *, name: str = "The portal", concerned_with: str = "", authorization: str = ""
    ) -> Receiver:
        with self.store.write() as tx:
            new = new_receiver(
                name, url, audience=AUDIENCE, at=tx.at, concerned_with=concerned_with, allow_private=True
            )
            return register(
                tx, self.desk.ledger, self.desk.seal, new, authorization=authorization, actor="command-line"
            )

    def grant(self) -> str:
        """A live grant of the clinician."""
        asked = self.clinic.break_glass()
        assert asked.grant is not None
        return activate(self.clinic.equipment, asked.grant.id).id

    def token(
        self, grant_id: str, *, audience: str = RECORDS, minutes: float = 5, client_id: str = "client_one"
    ) -> AccessToken:
        """A row as if a token had been issued for the grant."""
        with self.store.write() as tx:
            grant = get_grant(tx, grant_id)
            token = AccessToken(
                jti=new_id("token"),
                client_id=client_id,
                audience=audience,
                person_id=grant.person_id,
                grant_id=grant.id,
                scopes=frozenset(),
                authorization_details=({"type": "emergency_access", "patient": "P-1001"},),
                acr=None,
                amr=(),
                auth_time=None,
                jkt=None,
                issued_at=tx.at,
                expires_at=tx.at + timedelta(minutes=minutes),
            )
            insert_token(tx, token)
            return token

    def ring(self, couriers: Couriers | None = None) -> None:
        """One pass, waited for."""
        out = couriers or Couriers(self.desk)
        out.ring()
        out.wait(20)

    def told(self) -> list[Told]:
        with self.store.read() as reader:
            return told(reader)

    def undelivered(self) -> list[Undelivered]:
        with self.store.read() as reader:
            return undelivered(reader)


@pytest.fixture
def keys() -> KeysInMemory:
    return KeysInMemory()


@pytest.fixture
def office_on(clock: SettableClock, keys: KeysInMemory) -> Callable[[Store], Office]:
    def build(store: Store) -> Office:
        ledger = Ledger([SignalQueue(ISSUER)])
        clinic = Clinic(store, clock, ledger=ledger)
        return Office(clinic, Desk(store, ledger, keys, Seal(bytes(range(32)), "sites"), ISSUER), keys)

    return build


@pytest.fixture
def office(store: Store, office_on: Callable[[Store], Office]) -> Office:
    return office_on(store)


@pytest.fixture
def receiver(keys: KeysInMemory) -> Iterator[ReceiverServer]:
    server = ReceiverServer(keys, AUDIENCE)
    yield server
    server.stop()
