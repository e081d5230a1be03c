"""Whoever is asked to vouch hears of it, and so does the person in whose name it was asked."""

from __future__ import annotations

import pytest

from broker.identity.caller import Caller
from broker.identity.factors.lost.ask_help import ask_help, spoken_code
from broker.identity.factors.lost.vouch import vouch, vouching
from broker.identity.factors.step_up import Method, Proof
from broker.identity.people import by_id
from tests.notify.conftest import BASE

pytestmark = pytest.mark.disable_socket


def test_a_plea_is_told_to_its_person_and_every_other_approver(clinic, outbox):
    """The approvers get a link to it, the person a way to stop it; nobody gets the code, the token or the reason."""
    with clinic.store.write() as tx:
        approver = by_id(tx, clinic.approver.id)
        asked = ask_help(tx, clinic.ledger, approver, Caller("x"), "Left it in room 4")
    messages = {each.address.partition("@")[0]: each for each in outbox("factor.help_asked")}
    assert sorted(messages) == ["approver", "second-approver"]
    code = spoken_code(clinic.box, asked.reset)
    for message in messages.values():
        whole = message.subject + message.body_text + message.body_html
        assert not [secret for secret in (code, asked.token, "room 4") if secret in whole]
    assert "It was not me" in messages["approver"].body_text
    assert f"{BASE}/pleas/{asked.reset.id}" in messages["second-approver"].body_text


def test_who_was_vouched_for_is_told(clinic, outbox):
    """It opens the way past everything they had, so they hear of it before it is used."""
    with clinic.store.write() as tx:
        asked = ask_help(tx, clinic.ledger, by_id(tx, clinic.clinician.id), Caller("x"), "lost")
        plea, approver = asked.reset, clinic.approver.person
        proof = Proof(approver.id, vouching(plea.id).digest, Method.TOTP, tx.at)
        vouch(tx, clinic.ledger, clinic.box, approver, plea.id, spoken_code(clinic.box, plea), proof)
    (message,) = outbox("factor.vouched")
    assert message.address == "clinician@clinic.example"
    assert "vouched for you" in message.body_text
