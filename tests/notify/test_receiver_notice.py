"""Administrators hear of software that is not told when access ends; once, and without its address."""

from __future__ import annotations

import pytest

from broker.access.activate import activate
from broker.access.hand_back import hand_back
from broker.credentials.signals.observer import SignalQueue
from broker.credentials.signals.outcome import MOST_REFUSALS, TOLD_AFTER, away, refused, taken
from broker.credentials.signals.push import Answer
from broker.credentials.signals.read import undelivered
from broker.credentials.signals.receivers import Receiver, get_receiver, new_receiver, register
from broker.ledger.chain import Ledger
from broker.notify.observer import MailQueue
from broker.policy.load import load_catalog
from broker.sealing import Seal
from tests.fakes.clinic import POLICIES, Clinic
from tests.notify.conftest import BASE

pytestmark = pytest.mark.disable_socket
AWAY = Answer("It cannot be reached at https://portal.example/s3cr3t.")


@pytest.fixture
def clinic(store, clock) -> Clinic:
    return Clinic(store, clock, ledger=Ledger([MailQueue(load_catalog(POLICIES), BASE), SignalQueue(BASE)]))


@pytest.fixture
def portal(clinic) -> Receiver:
    with clinic.store.write() as tx:
        new = new_receiver("The portal", "https://portal.example/s3cr3t", audience="a", at=tx.at)
        return register(tx, clinic.ledger, Seal(bytes(32), "sites"), new, authorization="", actor="broker")


def not_taken(clinic, portal, times: int) -> None:
    for _ in range(times):
        with clinic.store.write() as tx:
            away(tx, clinic.ledger, portal, AWAY, 0.0)


def test_an_absence_is_mailed_once(clinic, portal, outbox):
    """After a while and not before, with where to look; after it was there again, anew."""
    not_taken(clinic, portal, TOLD_AFTER - 1)
    assert outbox("receiver.not_told") == []
    not_taken(clinic, portal, 20)
    (message,) = outbox("receiver.not_told")
    assert message.address == "admin@clinic.example"
    for body in (message.body_text, message.body_html):
        assert f"{BASE}/receivers" in body
        assert "The portal" in body
        assert "s3cr3t" not in body
    with clinic.store.write() as tx:
        taken(tx, get_receiver(tx, portal.id), "signal_none")
    not_taken(clinic, portal, TOLD_AFTER)
    assert len(outbox("receiver.not_told")) == 2


def test_the_first_event_that_was_given_up_is_mailed(clinic, portal, outbox):
    """The next ones stand on the page: a week of refusals is not a mail for each."""
    for _ in range(3):
        grant = activate(clinic.equipment, clinic.break_glass().grant.id).id
        hand_back(clinic.equipment, clinic.clinician.person, grant)
    with clinic.store.write() as tx:
        for each in undelivered(tx):
            for _ in range(MOST_REFUSALS):
                refused(tx, clinic.ledger, portal, each.id, "It refused the event: invalid_key.")
    (message,) = outbox("receiver.not_told")
    assert "gave it up" in message.body_text
