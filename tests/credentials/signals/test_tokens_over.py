"""Tokens that end without their access are told of as well, each once."""

from __future__ import annotations

import pytest

from broker.access.revoke import revoke
from broker.clock import SettableClock
from broker.credentials.clients.register import AuthMethod, NewClient, disable_client, register_client
from broker.credentials.signals.catch_up import catch_up
from broker.credentials.signals.observer import SignalQueue
from broker.credentials.signals.said import Event
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.revoke import revoke_by_id
from broker.credentials.tokens.shut_out import end_tokens_of_whoever_is_shut_out
from broker.credentials.tokens.withdraw import withdraw_tokens
from broker.identity.disable import disable
from broker.ledger.chain import Ledger
from broker.sealing import Seal
from broker.store import Store
from tests.credentials.signals.conftest import ISSUER, Desk, Office
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory

PORTAL = "https://portal.clinic.example/events"
CHANGED = Event.TOKEN_CLAIMS_CHANGE.value


@pytest.fixture
def office(store: Store, clock: SettableClock, keys: KeysInMemory) -> Office:
    """As the product wires it."""
    ledger = Ledger([end_tokens_of_whoever_is_shut_out, SignalQueue(ISSUER)])
    desk = Desk(store, ledger, keys, Seal(bytes(range(32)), "sites"), ISSUER)
    return Office(Clinic(store, clock, ledger=ledger), desk, keys)


def subjects(office: Office) -> list[tuple[str, str]]:
    with office.store.read() as reader:
        rows = reader.connection.exec_driver_sql(
            "SELECT event, subject FROM signal_outbox ORDER BY ledger_seq"
        )
        return [(row.event, row.subject) for row in rows]


def test_withdrawn_tokens_end_and_their_access_goes_on(office: Office) -> None:
    """Every one that was out, and no word of a session that did not end; nothing twice."""
    office.add(PORTAL)
    grant = office.grant()
    out = {office.token(grant).jti, office.token(grant, audience="https://else.example").jti}
    office.token(grant, minutes=0.01)
    office.clinic.clock.advance(seconds=5)
    assert withdraw_tokens(office.store, office.desk.ledger, office.clinic.clinician.person, grant) == 2
    assert set(subjects(office)) == {(CHANGED, jti) for jti in out}
    office.clinic.clock.advance(seconds=5)
    revoke(office.clinic.equipment, office.clinic.admin.person, grant)
    assert subjects(office)[2:] == [("session-revoked", grant)]
    assert catch_up(office.store, ISSUER) == 0


def test_a_code_used_twice_ends_its_token(office: Office) -> None:
    """Taken back by the broker itself."""
    office.add(PORTAL)
    token = office.token(office.grant())
    with office.store.write() as tx:
        mint = Mint(ISSUER, office.keys, office.desk.ledger)
        revoke_by_id(tx, mint, token.jti, actor="broker", why="code_used_twice")
    assert subjects(office) == [(CHANGED, token.jti)]


def test_whoever_is_shut_out_takes_their_tokens_along(office: Office) -> None:
    """A person, then software: their tokens and nobody else's."""
    office.add(PORTAL)
    mine, grant = office.clinic.clinician, office.grant()
    token = office.token(grant)
    with office.store.write() as tx:
        disable(tx, office.desk.ledger, mine.id, actor="command-line")
    assert subjects(office).count((CHANGED, token.jti)) == 1
    assert catch_up(office.store, ISSUER) == 0


def test_software_that_is_disabled_takes_its_tokens_along(office: Office) -> None:
    """And leaves those of other software."""
    office.add(PORTAL)
    with office.store.write() as tx:
        new = NewClient("Ward app", AuthMethod.SECRET)
        client = register_client(tx, office.desk.ledger, new, actor="broker").id
    grant = office.grant()
    theirs = office.token(grant, client_id=client)
    office.token(grant)
    with office.store.write() as tx:
        disable_client(tx, office.desk.ledger, client, actor="command-line")
    assert subjects(office) == [(CHANGED, theirs.jti)]
