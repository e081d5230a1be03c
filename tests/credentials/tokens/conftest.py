"""A mint, a client, a resource server, and a live grant of which software may get tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from broker.access.activate import activate
from broker.access.grant import Grant, get_grant
from broker.access.tables import grants
from broker.clock import SettableClock
from broker.credentials.clients.register import AuthMethod, Client, NewClient, register_client
from broker.credentials.tokens.access_token import Issued, Mint
from broker.credentials.tokens.issue import issue_for_grant
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory

ISSUER = "https://broker.clinic.example"
EHR = "https://ehr.clinic.example/fhir"
OTHER = "https://portal.clinic.example/api"
SECTION: Mapping[str, Any] = {
    "audience": EHR,
    "datatypes": ["AllergyIntolerance", "MedicationRequest"],
    "actions": ["read"],
    "lifetime_s": 300,
    "dpop": "allowed",
}


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    return Clinic(store, clock)


@pytest.fixture
def keys() -> KeysInMemory:
    return KeysInMemory()


@pytest.fixture
def mint(clinic: Clinic, keys: KeysInMemory) -> Mint:
    return Mint(ISSUER, keys, clinic.ledger)


def registered(clinic: Clinic, **about: Any) -> Client:
    usual: dict[str, Any] = {"name": "Ward app", "auth_method": AuthMethod.NONE}
    with clinic.store.write() as tx:
        return register_client(tx, clinic.ledger, NewClient(**{**usual, **about}), actor=clinic.admin.id)


@pytest.fixture
def client(clinic: Clinic) -> Client:
    return registered(clinic)


@pytest.fixture
def ehr(clinic: Clinic) -> Client:
    return registered(clinic, name="EHR", auth_method=AuthMethod.SECRET, audience=EHR)


Granted = Callable[..., Grant]


@pytest.fixture
def granted(clinic: Clinic) -> Granted:
    """A grant of 15 minutes that is live, its scope carrying a section that may differ."""

    def act(minutes: int = 15, **section: Any) -> Grant:
        asked = clinic.ask(duration=timedelta(minutes=minutes))
        grant = clinic.approve(asked.request.id).grant
        assert grant is not None
        scope = {**grant.scope, "credential": {**SECTION, **section}}
        with clinic.store.write() as tx:
            tx.execute(update(grants).where(grants.c.id == grant.id).values(scope=scope))
        return activate(clinic.equipment, grant.id)

    return act


@pytest.fixture
def grant(granted: Granted) -> Grant:
    return granted()


Issue = Callable[..., Issued]


@pytest.fixture
def issued_for(clinic: Clinic, mint: Mint, client: Client) -> Issue:
    """A token of a grant for the client, not bound to any key unless said."""

    def act(grant: Grant, **changes: Any) -> Issued:
        usual: dict[str, Any] = {"client_id": client.id, "audience": EHR, "jkt": None}
        with clinic.store.write() as tx:
            return issue_for_grant(tx, mint, grant=get_grant(tx, grant.id), **{**usual, **changes})

    return act
