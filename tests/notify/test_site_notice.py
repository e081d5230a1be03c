"""Administrators hear of what is wrong with a site; nobody else does, and no account or patient is named."""

from __future__ import annotations

import pytest

from broker.access.contain import Containment, contain
from broker.adapters.lease import ContainmentAction
from broker.revocation.reconcile.drift import ALARMS, Drift, DriftKind
from broker.revocation.reconcile.one_site import reconcile_site
from broker.revocation.reconcile.open_drifts import open_drift
from broker.revocation.sweep import sweep
from tests.notify.conftest import BASE

pytestmark = pytest.mark.disable_socket


def find(clinic, kind: DriftKind) -> None:
    drift = Drift(kind, "grant_canary", "dr-on-call canary", "canary")
    with clinic.store.write() as tx:
        open_drift(tx, clinic.ledger, "clinic", drift)


@pytest.mark.parametrize("kind", sorted(ALARMS))
def test_an_alarm_is_mailed_once(clinic, outbox, kind):
    """In words of its own for each kind, with where to look; found again, nobody is told again."""
    find(clinic, kind)
    find(clinic, kind)
    (message,) = outbox("drift.found")
    assert message.address == "admin@clinic.example"
    assert not message.subject.startswith(":")
    assert "The clinic" in message.subject
    for body in (message.body_text, message.body_html):
        assert f"{BASE}/sites" in body
        assert "broker site drift clinic" in body
        assert len(body) > 350
        assert "canary" not in body
        assert "dr-on-call" not in body


@pytest.mark.parametrize("kind", sorted(set(DriftKind) - ALARMS))
def test_what_can_wait_is_no_mail(clinic, outbox, kind):
    """It stands on the page of sites and in broker doctor."""
    find(clinic, kind)
    assert outbox() == []


def test_changes_past_the_broker_are_one_mail_each_look(clinic, outbox):
    """However many there were; what opens no way in is no mail."""
    clinic.site.happen("password_changed", "nurse")
    reconcile_site(clinic.equipment, "clinic")
    assert outbox() == []
    for number in range(40):
        clinic.site.happen("user_created", f"canary{number}")
    clinic.site.happen("role_changed", "canary", roles="administrator")
    reconcile_site(clinic.equipment, "clinic")
    (message,) = outbox("site.changes_noticed")
    assert "41 changes" in message.body_text
    assert "a role was changed; an account was made" in message.body_text
    assert "canary" not in message.body_text


def test_an_account_that_could_not_be_shut_out_is_told(clinic, outbox):
    """After three tries, once."""
    clinic.site.fault = "down"
    what = Containment("clinic", "canary", (ContainmentAction.FREEZE,))
    contain(clinic.equipment, what, actor=clinic.admin.id)
    for _ in range(5):
        clinic.clock.advance(minutes=8)
        sweep(clinic.equipment)
    (message,) = outbox("site.contain_unconfirmed")
    assert "has not confirmed it after 3 tries" in message.body_text
    assert "canary" not in message.body_text
