"""Which receivers are taken."""

from __future__ import annotations

import pytest

from broker.credentials.signals.receivers import get_receiver, new_receiver, register
from broker.errors import Invalid, NotFound
from tests.credentials.signals.conftest import Office


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.clinic.example/events",
        "https://user:secret@portal.clinic.example/events",
        "https://portal.clinic.example/events#part",
        "https://portal.clinic.example/" + "e" * 500,
        "file:///etc/passwd",
        "portal.clinic.example",
        "https://[",
        "",
    ],
)
def test_an_address_that_could_never_be_told_is_refused(office: Office, url: str) -> None:
    """When it is typed in, not when access ends."""
    with office.store.write() as tx, pytest.raises(Invalid) as refused:
        register(
            tx,
            office.desk.ledger,
            office.desk.seal,
            new_receiver("The portal", url, audience="a", at=tx.at),
            authorization="",
            actor="command-line",
        )
    assert "url" in refused.value.faults


def test_every_fault_is_told_at_once(office: Office) -> None:
    """A header over two lines would smuggle another header in."""
    with office.store.write() as tx, pytest.raises(Invalid) as refused:
        new = new_receiver("", "nowhere", audience="a\nb", at=tx.at, concerned_with="r" * 301)
        register(
            tx,
            office.desk.ledger,
            office.desk.seal,
            new,
            authorization="Bearer a\r\nX: y",
            actor="command-line",
        )
    assert set(refused.value.faults) == {"name", "audience", "for", "authorization", "url"}


def test_a_name_is_used_once_and_finds_its_receiver(office: Office) -> None:
    """Also in other letters; an unknown one says where to look."""
    added = office.add("https://portal.clinic.example/events")
    with pytest.raises(Invalid):
        office.add("https://other.clinic.example/events", name="the PORTAL")
    with office.store.read() as reader:
        assert get_receiver(reader, "the portal") == get_receiver(reader, added.id)
        with pytest.raises(NotFound):
            get_receiver(reader, "nobody")


def test_the_ledger_keeps_neither_address_nor_secret(office: Office) -> None:
    """Some software keeps a secret in the address."""
    office.add("https://portal.clinic.example/hook/s3cr3t", authorization="Bearer s3cr3t")
    with office.store.read() as reader:
        bodies = reader.connection.exec_driver_sql("SELECT body FROM ledger_entries").scalars().all()
    assert any("receiver.added" in body for body in bodies)
    assert not any("s3cr3t" in body for body in bodies)
