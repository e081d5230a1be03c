"""The outbox is written in the commit that ends access, and can keep no access open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import text

from broker.access.grant import GrantState, get_grant
from broker.access.revoke import revoke
from broker.clock import SettableClock
from broker.credentials.signals.catch_up import catch_up
from broker.ledger.chain import Ledger
from broker.revocation.sweep import sweep
from broker.store import Store
from tests.credentials.signals.conftest import ISSUER, Office
from tests.credentials.signals.receiver_server import ReceiverServer

NOBODY = "https://portal.clinic.example/events"


def end(office: Office, grant: str) -> GrantState:
    return revoke(office.clinic.equipment, office.clinic.admin.person, grant).state


def test_it_is_there_as_soon_as_access_has_ended(
    any_store: Store, office_on: Callable[[Store], Office]
) -> None:
    """On every database: one row for each receiver, none of what was before it came."""
    office = office_on(any_store)
    end(office, office.grant())
    office.add(NOBODY)
    office.add(NOBODY, name="Another")
    grant = office.grant()
    assert office.undelivered() == []
    end(office, grant)
    assert [each.grant_id for each in office.undelivered()] == [grant, grant]
    assert catch_up(office.store, ISSUER) == 0


def test_a_broken_outbox_ends_access_all_the_same(
    any_store: Store, office_on: Callable[[Store], Office]
) -> None:
    """On every database the revocation commits; what was not put down is found in the ledger afterwards."""
    office = office_on(any_store)
    office.add(NOBODY)
    grant, other = office.grant(), office.grant()
    office.token(grant)
    rename(any_store, "signal_outbox", "put_aside")
    assert end(office, grant) is GrantState.REVOKED
    office.clinic.clock.advance(minutes=20)
    sweep(office.clinic.equipment)
    with any_store.read() as reader:
        assert get_grant(reader, other).state is GrantState.REVOKED
    rename(any_store, "put_aside", "signal_outbox")
    assert catch_up(any_store, ISSUER) == 3
    assert [each.event for each in office.undelivered()].count("session-revoked") == 2
    assert catch_up(any_store, ISSUER) == 0


def test_missing_receivers_end_access_all_the_same(
    any_store: Store, office_on: Callable[[Store], Office]
) -> None:
    """A table that cannot even be read does not matter to a revocation."""
    office = office_on(any_store)
    grant = office.grant()
    rename(any_store, "receivers", "put_aside")
    assert end(office, grant) is GrantState.REVOKED
    rename(any_store, "put_aside", "receivers")


def test_ends_nobody_watched_are_found_in_the_ledger(
    office: Office, clock: SettableClock, receiver: ReceiverServer
) -> None:
    """Written by a process that had no signals: the next ring tells them, once."""
    office.add(receiver.url)
    grant = office.grant()
    equipment = office.clinic.equipment
    blind = replace(equipment, ledger=Ledger())
    revoke(blind, office.clinic.admin.person, grant)
    assert office.undelivered() == []
    office.ring()
    office.ring()
    assert [each["sub_id"]["session"]["id"] for each in receiver.taken] == [grant]


def test_many_ends_at_once_are_told_in_order(office: Office, receiver: ReceiverServer) -> None:
    """Grants that run out in one sweep reach the receiver, the oldest first."""
    office.add(receiver.url)
    grants = [office.grant() for _ in range(3)]
    office.clinic.clock.advance(minutes=20)
    sweep(office.clinic.equipment)
    office.ring()
    assert {each["sub_id"]["session"]["id"] for each in receiver.taken} == set(grants)
    assert [each["iat"] for each in receiver.taken] == sorted(each["iat"] for each in receiver.taken)


def rename(store: Store, table: str, to: str) -> None:
    with store.write() as tx:
        tx.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))
