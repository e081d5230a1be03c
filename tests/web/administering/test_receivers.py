"""The page that shows which software was not told of an end of access."""

from __future__ import annotations

import pytest

from broker.access.activate import activate
from broker.access.hand_back import hand_back
from broker.clock import SettableClock
from broker.credentials.signals.observer import SignalQueue
from broker.credentials.signals.outcome import MOST_REFUSALS, refused
from broker.credentials.signals.read import undelivered
from broker.credentials.signals.receivers import Receiver, new_receiver, register
from broker.ledger.chain import Ledger
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.front import Front

SECRET = "https://portal.clinic.example/hook/s3cr3t"


@pytest.fixture
def front(store: Store, clock: SettableClock, tmp_path) -> Front:
    clinic = Clinic(store, clock, ledger=Ledger([SignalQueue("https://broker.clinic.example")]))
    return Front(clinic, tmp_path)


@pytest.fixture
def portal(front: Front) -> Receiver:
    parts = front.parts
    with parts.store.write() as tx:
        new = new_receiver("The portal", SECRET, audience="portal", at=tx.at)
        return register(tx, parts.ledger, parts.site_seal, new, authorization="Bearer s3cr3t", actor="broker")


def given_up(front: Front, portal: Receiver) -> None:
    asked = front.clinic.break_glass()
    activate(front.clinic.equipment, asked.grant.id)
    hand_back(front.clinic.equipment, front.clinic.clinician.person, asked.grant.id)
    with front.parts.store.write() as tx:
        (waiting,) = undelivered(tx)
        for _ in range(MOST_REFUSALS):
            refused(tx, front.parts.ledger, portal, waiting.id, "It refused the event: invalid_key.")


def test_what_was_given_up_is_in_sight_and_can_be_sent_again(front: Front, portal: Receiver) -> None:
    """With the receiver's own reason; afterwards it waits, and the ledger knows who sent it."""
    given_up(front, portal)
    admin = front.browser(front.clinic.admin)
    page = admin.get("/receivers").text
    for words in ("The portal", "Not told of everything", "Given up", "It refused the event: invalid_key."):
        assert words in page
    answer = admin.post(f"/receivers/{portal.id}/again")
    assert "1 event goes out to The portal again." in answer.text
    assert "Waiting" in answer.text
    assert front.clinic.events()[-1] == "receiver.retried"


def test_neither_address_nor_secret_is_shown(front: Front, portal: Receiver) -> None:
    """Some software keeps a secret in its address."""
    admin = front.browser(front.clinic.admin)
    assert "s3cr3t" not in admin.get("/receivers").text


def test_the_story_of_a_grant_says_who_was_not_told(front: Front, portal: Receiver) -> None:
    """A reviewer reads it beside the end of access, in words."""
    given_up(front, portal)
    with front.parts.store.read() as reader:
        (missing,) = undelivered(reader)
    reviewer = front.browser(front.clinic.reviewer)
    assert "A receiver was not told of the end" in reviewer.get(f"/history/{missing.grant_id}").text


def test_administrators_alone(front: Front, portal: Receiver) -> None:
    """Nobody else sees the page or presses its buttons."""
    for member in (front.clinic.clinician, front.clinic.approver, front.clinic.reviewer):
        browser = front.browser(member)
        assert browser.get("/receivers").status_code == 403
        browser.get("/sessions")
        for act in ("test", "again"):
            assert browser.post(f"/receivers/{portal.id}/{act}").status_code == 403


def test_a_get_does_nothing(front: Front, portal: Receiver) -> None:
    """Whoever had to sign in again comes back to the list."""
    given_up(front, portal)
    admin, before = front.browser(front.clinic.admin), front.clinic.events()
    for act in ("test", "again"):
        assert admin.get(f"/receivers/{portal.id}/{act}").status_code == 303
    assert front.clinic.events() == before


def test_an_unknown_receiver_is_not_found(front: Front) -> None:
    """Neither tested nor sent to."""
    admin = front.browser(front.clinic.admin)
    admin.get("/receivers")
    for act in ("test", "again"):
        assert admin.post(f"/receivers/receiver_none/{act}").status_code == 404


def test_receivers_find_out_how_to_check(front: Front) -> None:
    """SSF 1.0: the issuer is exactly that of the events, with the keys' address and the way they come."""
    answer = front.stranger().get("/.well-known/ssf-configuration")
    assert answer.json == {
        "spec_version": "1_0",
        "issuer": front.parts.settings.base_url,
        "jwks_uri": f"{front.parts.settings.base_url}/oauth/jwks",
        "delivery_methods_supported": ["urn:ietf:rfc:8935"],
        "default_subjects": "ALL",
    }
