"""Whoever watches over the ledger hears when it is contradicted or resumed."""

from __future__ import annotations

import pytest

from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.notify.observer import MailQueue
from broker.policy.load import load_catalog
from tests.fakes.clinic import POLICIES, Clinic
from tests.notify.conftest import BASE

pytestmark = pytest.mark.disable_socket
RESUMED = {
    "from": "broker.example/ledger+00000000+AAAA",
    "to": "broker.example/ledger-2.abcdef+00000000+BBBB",
    "size": 41,
    "root": "00",
    "reason": "restored the backup of Monday",
    "signed_size": 50,
    "witnesses": [],
}


@pytest.fixture
def clinic(store, clock) -> Clinic:
    return Clinic(store, clock, ledger=Ledger([MailQueue(load_catalog(POLICIES), BASE)]))


def write(clinic: Clinic, event: str, facts: dict[str, object]) -> None:
    with clinic.store.write() as tx:
        clinic.ledger.append(tx, Entry(event, "broker", facts=facts))


@pytest.mark.parametrize("by", ["checkpoint", "witness.example/w1"])
def test_a_contradiction_goes_to_administrators_and_reviewers(clinic, outbox, by) -> None:
    """It may be an administrator who did it; so both are told, what was found and where to look."""
    write(clinic, "ledger.contradicted", {"by": by, "words": "It saw 90 entries."})
    mails = outbox("ledger.contradicted")
    assert {each.address for each in mails} == {"admin@clinic.example", "reviewer@clinic.example"}
    for mail in mails:
        assert "It saw 90 entries." in mail.body_text
        assert f"{BASE}/ledger" in mail.body_text
        assert ("witness.example/w1" in mail.body_text) is (by != "checkpoint")


def test_a_new_name_of_the_ledger_goes_to_both_likewise(clinic, outbox) -> None:
    """With the reason that was given, and the names before and after, but no key."""
    write(clinic, "ledger.resumed", RESUMED)
    mails = outbox("ledger.resumed")
    assert len(mails) == 2
    for words in ("broker.example/ledger-2.abcdef", "after 41 entries", "restored the backup of Monday"):
        assert all(words in mail.body_text and words in mail.body_html for mail in mails)
    assert "BBBB" not in mails[0].body_text
