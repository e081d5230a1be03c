"""People hear of changes to their own account that somebody else may have made."""

from __future__ import annotations

import pytest

from broker.identity.people import Role, set_roles
from broker.identity.single_sign_on.identities import link
from broker.ledger.entry import Entry
from tests.notify.conftest import BASE

pytestmark = pytest.mark.disable_socket


def give(clinic, member, *roles: Role, actor: str = "command-line") -> None:
    with clinic.store.write() as tx:
        set_roles(tx, clinic.ledger, member.id, roles, actor=actor)


def test_a_role_that_was_lost_is_told_to_its_holder(clinic, outbox):
    """With what is left, and where it came from."""
    give(clinic, clinic.approver, Role.CLINICIAN, actor="single-sign-on")
    (message,) = outbox("person.roles_set")
    assert message.address == "approver@clinic.example"
    for body in (message.body_text, message.body_html):
        assert "approver" in body
        assert "clinician" in body
        assert "Your organisation took you out of the group" in body
        assert f"{BASE}/sessions" in body


def test_a_role_that_was_won_is_no_mail(clinic, outbox):
    """One finds out by using it."""
    give(clinic, clinic.approver, Role.APPROVER, Role.REVIEWER)
    assert outbox("person.roles_set") == []


def test_an_administrator_who_is_one_no_longer_is_told_of_to_the_others(clinic, outbox):
    """Whoever takes administrators out is not alone with it."""
    clinic.join("second-admin", Role.ADMIN)
    give(clinic, clinic.admin, Role.REVIEWER)
    told = {message.address: message.subject for message in outbox("person.roles_set")}
    assert told.keys() == {"admin@clinic.example", "second-admin@clinic.example"}
    assert "no administrator any more" in told["second-admin@clinic.example"]


def test_a_sign_in_that_opens_the_account_is_told(clinic, outbox):
    """Whoever linked it may not be its owner; the provider's own id for them is in no mail."""
    with clinic.store.write() as tx:
        link(tx, clinic.ledger, clinic.clinician.id, "https://id.example", "canary", how="email", actor="x")
    (message,) = outbox("person.linked")
    assert "sign-in of your organisation" in message.body_text
    assert "canary" not in message.body_text + message.body_html + message.subject


def test_the_first_factor_is_no_mail_and_the_second_is(clinic, outbox):
    """Whoever sets up their first one sits before the page; a second one may be a thief's."""
    assert outbox("factor.enrolled") == []
    who = clinic.clinician.id
    with clinic.store.write() as tx:
        clinic.ledger.append(tx, Entry("factor.enrolled", who, subject=who, facts={"factor": "totp"}))
    (message,) = outbox("factor.enrolled")
    assert "a phone was set up" in message.body_text
