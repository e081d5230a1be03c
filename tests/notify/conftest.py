"""A clinic whose steps are told by mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from broker.clock import SettableClock
from broker.ledger.chain import Ledger
from broker.notify.message import Message
from broker.notify.observer import MailQueue
from broker.notify.read import list_messages
from broker.policy.load import load_catalog
from broker.store import Store
from tests.fakes.clinic import POLICIES, Clinic
from tests.notify.mail_server import MailServer

BASE = "https://broker.clinic.example"
Outbox = Callable[..., list[Message]]


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    return Clinic(store, clock, ledger=Ledger([MailQueue(load_catalog(POLICIES), BASE)]))


@pytest.fixture
def outbox(store: Store) -> Outbox:
    """The messages of an event (of all, without one), newest first."""

    def look(event: str | None = None) -> list[Message]:
        with store.read() as reader:
            return list_messages(reader, 500, event=event)

    return look


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server on the loopback."""
    server = MailServer()
    yield server
    server.stop()
